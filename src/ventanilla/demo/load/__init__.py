"""A desk as large as one likes, made within minutes: what benchmarks and plans are measured on.

Unlike the demonstration it is not lived through the real actions but computed and copied in, with
every row that the actions would have left: `ventanilla check` finds nothing to say about it, and
work goes on in it as in any other desk. The same size, seed and moment give the same rows.
"""
