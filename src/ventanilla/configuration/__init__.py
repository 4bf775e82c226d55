"""The whole configuration of a desk as one readable file: written, checked, compared, applied.

`shape` says what stands in the file and which column each field is of; `present` reads the desk
into the file's terms and `text` writes them down; `document` reads a file and names every fault by
line and field; `plan` compares both, and `apply` takes a file over through the verbs of the pages.
"""
