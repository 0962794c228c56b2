"""Archives, file names and a pickle that strike when they are unpacked, listed or read."""

import io
import pickle
import stat
import zipfile


def packed(members):
    """Return a zip archive; a text in place of bytes is where a symbolic link leads."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            information = zipfile.ZipInfo(name)
            information.filename = name  # whole: ZipInfo cuts it at a NUL
            information.compress_type = zipfile.ZIP_DEFLATED
            if isinstance(content, str):
                information.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(information, content)
    return buffer.getvalue()


def archives(mark):
    """Return the attacks by archive: their names, and what each adds to the archive of a class."""
    return {
        "a name with .. in an archive": [(f"{'../' * 12}tmp/{mark}", b"here")],
        "an absolute name in an archive": [(f"/tmp/{mark}", b"here")],
        "a link in an archive, and a file through it": [("link", "/tmp"), (f"link/{mark}", b"here")],
        "a link to the tests": [("eve.ipynb", "/dev/zero")],
        "a name that begins with NUL in an archive": [("\0eve.ipynb", b"here")],
        "a name of nothing in an archive": [("", b"here")],
        "a bomb": [("eve.ipynb", bytes(3 * 10**8))],
    }


# Names of files; what stands in them is an honest, empty notebook.
NAMES = {
    "a formula in a name": "=HYPERLINK(1).ipynb",
    "another formula in a name": "@SUM(1).ipynb",
    "a script in a name": "<script>alert(1)<script>.ipynb",
    "another's score in a name": "eve\namy,0\neve.ipynb",
}


class Touch:
    """Its pickle makes a file when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def pickle_bomb(path):
    """Return the content of such a file."""
    return pickle.dumps(Touch(path))
