"""How static files are stored: hashed and compressed, imports between ES modules rewritten."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):
    """No import map (the content policy forbids it): imports inside modules name hashed files.

    In a module, write `import { a } from "./b.js";` on one line or several, with the semicolon.
    """

    support_js_module_import_aggregation = True
