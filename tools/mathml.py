"""A Sphinx extension that writes formulas as MathML, which browsers show without a script from anywhere.

A formula that cannot be converted is a warning that names it; as we build with ``-W``, it fails the build.
"""

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

CONVERTER = LatexToMathML(fancy_error=False)
LOGGER = logging.getLogger(__name__)


def formula_to_mathml(latex: str, *, displayed: bool) -> str:
    """Convert a formula without its dollar signs; `displayed` is one in a line of its own.

    Raises
    ------
    math_core.LatexError
        If the formula is faulty, or uses a command that is not known.

    Examples
    --------
    >>> formula_to_mathml("x", displayed=False)
    '<math><mi>x</mi></math>'
    """
    return CONVERTER.convert_with_local_state(latex, displaystyle=displayed)


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(_mathml(node, displayed=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula in a line of its own."""
    translator.body.append(f'<div class="formula">{_mathml(node, displayed=True)}</div>\n')
    raise nodes.SkipNode


def _mathml(node: nodes.Element, *, displayed: bool) -> str:
    try:
        return formula_to_mathml(node.astext(), displayed=displayed)
    except LatexError as error:
        # The error begins with the place in the formula, counted in characters.
        LOGGER.warning("the formula %r cannot be shown, at character %s", node.astext(), error, location=node)
        return ""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer under the name ``mathml``."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
