"""A real Dovecot on free ports of this machine, all of its state in one folder."""

import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

CONFIG = """
base_dir = {d}/run
state_dir = {d}/run
log_path = {d}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{d}/cert.pem
ssl_key = <{d}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{d}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
mail_max_userip_connections = 100
auth_failure_delay = 0
mailbox_idle_check_interval = 1 s
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {d}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password=secreto
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={d}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""
OAUTH2 = """
introspection_mode = get
introspection_url = http://127.0.0.1:{oauth_port}/?token=
username_attribute = email
"""


class Dovecot:
    """Where it is, and a mailbox of it filled and emptied by hand."""

    password = "secreto"

    def __init__(self, folder):
        self.folder = folder
        self.port, self.tls_port, self.oauth_port = free_port(), free_port(), free_port()

    @property
    def certificate(self):
        return self.folder / "cert.pem"

    def append(self, user, *mails, folder="INBOX", when=None):
        """Put mails into a mailbox as another program would, received `when` (now by default)."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(user, self.password)
            client.create(folder)
            received = imaplib.Time2Internaldate(when) if when else None
            for raw in mails:
                kind, said = client.append(folder, None, received, raw)
                assert kind == "OK", said

    def do(self, user, *commands, folder="INBOX"):
        """Run commands such as ("STORE", "1:*", "+FLAGS", r"(\\Deleted)") on a mailbox."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(user, self.password)
            client.select(folder)
            return [client.uid(*command) for command in commands]

    def count_anew(self, user):
        """Let the mailbox lose its UIDs, as a restored or moved one does."""
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
        ):
            (self.folder / "mail" / user / name).unlink(missing_ok=True)


@contextmanager
def running():
    folder = Path(tempfile.mkdtemp(prefix="vt-dovecot-"))
    folder.chmod(0o755)
    server = Dovecot(folder)
    mailer = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    me = pwd.getpwuid(os.geteuid())
    (folder / "mail").mkdir()
    os.chown(folder / "mail", mailer.pw_uid, mailer.pw_gid)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "oauth2.conf").write_text(OAUTH2.format(oauth_port=server.oauth_port))
    config = folder / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            d=folder,
            me=me.pw_name,
            group=group_name(me.pw_gid),
            login="dovenull" if os.geteuid() == 0 else me.pw_name,
            uid=mailer.pw_uid,
            gid=mailer.pw_gid,
            port=server.port,
            tls_port=server.tls_port,
        )
    )
    process = subprocess.Popen([program(), "-F", "-c", config])
    try:
        wait_for(server.port)
        yield server
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def program():
    """Where Debian puts it, whatever PATH says; None when it isn't there."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


def group_name(gid):
    import grp

    return grp.getgrgid(gid).gr_name


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(port):
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return
