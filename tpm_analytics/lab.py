"""How JupyterLab, started by `tpm lab`, opens the pages of a workspace: with links that work."""

from __future__ import annotations

from jupyter_server.base.handlers import AuthenticatedFileHandler
from tornado.web import HTTPError

# What a browser says of a request when somebody follows a link; a script cannot make it say so
IN_FRAME = "iframe"
FOLLOWED = frozenset({"document", IN_FRAME})
BACK = "This link leads out of the frame: press the round arrow above to go back"


class PageHandler(AuthenticatedFileHandler):
    """Serves files as Jupyter does, also to a link in a page that Lab shows.

    Lab shows a page without an address of its own, so its links come without a referer, and
    Jupyter refuses those: another site might read the file as a script of its own. Whoever follows
    a link reads nothing across sites; scripts of the page stay confined as Jupyter confines them.
    """

    def check_referer(self) -> bool:
        """Whether the request may be answered: a followed link, or one of our own site."""
        return self._wanted_as() in FOLLOWED or super().check_referer()

    def get_login_url(self) -> str:
        """Where to log in; a page confined in a frame of Lab has no login to give."""
        if self._wanted_as() == IN_FRAME:
            raise HTTPError(403, reason=BACK)
        url: str = super().get_login_url()
        return url

    def _wanted_as(self) -> str | None:
        return self.request.headers.get("Sec-Fetch-Dest")
