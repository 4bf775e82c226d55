from django.db import migrations

FORGET = """
CREATE OR REPLACE TRIGGER search_forget_file AFTER DELETE OR UPDATE OF digest
  ON tickets_attachment FOR EACH ROW EXECUTE FUNCTION search_forget_file();
"""
AS_BEFORE = """
CREATE OR REPLACE TRIGGER search_forget_file AFTER DELETE
  ON tickets_attachment FOR EACH ROW EXECUTE FUNCTION search_forget_file();
"""


class Migration(migrations.Migration):
    """The words of a file go with it also where its bytes are exchanged for others."""

    dependencies = [("search", "0002_file_texts")]

    operations = [migrations.RunSQL(FORGET, AS_BEFORE)]
