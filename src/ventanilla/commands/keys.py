"""ventanilla keys rotate: a new key for the secrets in the database."""

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    keys = groups.add_parser("keys", help=_("look after the keys that seal secrets"))
    actions = keys.add_subparsers(metavar=_("ACTION"), required=True)
    rotate = actions.add_parser("rotate", help=_("make a new key and seal every secret with it"))
    rotate.set_defaults(run=run_rotate)


def run_rotate(_chosen) -> int:
    from ventanilla.commands import installation

    with installation("ventanilla keys rotate"):
        from django.apps import apps

        from ventanilla.lib import env, fields, keyring

        # Keys of the environment were already rotated there, by a new one in front.
        key = keyring.ring()[0] if env.text(keyring.VARIABLE) else keyring.rotate()
        changed = fields.reseal_all(apps.get_models())
    print(
        _("%(count)d secrets are now sealed with the key %(key)s. The old keys stay readable.")
        % {"count": changed, "key": key.id}
    )
    return 0
