"""The looks of the pages that Sphinx makes of the notebooks. Nothing here asks the network for anything."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # for tools.mathml

project = "qta-keras"
copyright = "the qta-keras team"
language = "en-GB"
extensions = ["myst_nb", "tools.mathml", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["build"]

default_role = "code"  # for the single backticks of docstrings
autodoc_member_order = "bysource"
autodoc_default_options = {"exclude-members": "set_fit_request, set_score_request, set_transform_request"}
autodoc_typehints = "none"  # the docstrings give types in words
napoleon_use_rtype = False

myst_enable_extensions = ["dollarmath", "amsmath"]
nb_execution_mode = "off"  # the notebooks come executed
nb_merge_streams = True
nb_ipywidgets_js = {}  # the only scripts that would come from elsewhere
html_math_renderer = "mathml"

html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_theme = "pydata_sphinx_theme"
html_title = "Neural networks for text analysts"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_js_files = ["pages.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it would fetch pages, which browsers forbid for local files
templates_path = ["_templates"]
html_sidebars = {"**": ["notebooks.html"]}
html_theme_options = {
    "navbar_center": [],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
