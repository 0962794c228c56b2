"""Pages in HTML that hold what students wrote."""

import base64
import hashlib
from collections.abc import Callable

import jinja2


def load_page(name: str, *styles: str, **filters: Callable) -> tuple[jinja2.Template, dict[str, str]]:
    """Load a page of the folder ``templates``, and what it takes to render: its ``style``, and the ``digest`` of that.

    The template escapes everything it is given. Its policy lets a browser apply this one style sheet, known by the
    digest, and run or load nothing else.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("qta_grade"),
        autoescape=True,  # always: whatever the student wrote is text
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    style = "".join(environment.loader.get_source(environment, file)[0] for file in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(name), {"style": style, "digest": digest}
