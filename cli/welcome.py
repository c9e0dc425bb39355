"""What `catalog up` says when everything runs."""

from pathlib import Path
from string import Template

from cli.address import Address

TEXT = Template("""
The catalog is up; Ctrl-C stops it.

  API      $api/v1
  Docs     $api/docs
  Worker   $worker/metrics
  Data     $directory

Try it$remark:

  PASSWORD='$password'
  TOKEN=$$(curl -s $api/v1/auth/token -d grant_type=password -d username=$username \\
    --data-urlencode "password=$$PASSWORD" | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')
  curl -s -H "Authorization: Bearer $$TOKEN" '$api/v1/catalogs/main/products?limit=3'
""")


def welcome(
    api: Address, worker: Address, directory: Path, username: str, made_password: str | None
) -> str:
    """`made_password` is the one that nobody knows yet."""
    remark = f" (the password of `{username}` is shown this once: keep it)"
    known = f" (a new password: `catalog users passwd {username}`)"
    return TEXT.substitute(
        api=api.url,
        worker=worker.url,
        directory=directory,
        remark=remark if made_password else known,
        password=made_password or f"the password of {username}",
        username=username,
    )
