"""Sphinx configuration: one site, two halves: `huong-dan/` in Vietnamese for clerks, `developers/` in English.

Builds without the network and loads nothing from it: `sphinx-build -W -n docs docs/_build/html`.
"""

import sys
from pathlib import Path

import vanthu_classifier

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "vanthu_classifier"
author = "the authors of vanthu_classifier"
project_copyright = "2026, the authors of vanthu_classifier; Apache-2.0"
version = release = vanthu_classifier.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_click",
    "sphinx_copybutton",
    "docstrings",
    "from_code",
    "vietnamese",
]
exclude_patterns = ["_build", "_ext"]
language = "en"
smartquotes = False  # "--option" and titles in quotes stay as typed
html_search_language = "vi"
nitpicky = True
# Names of this package have to resolve; names of others cannot, since no inventory is fetched.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!vanthu_classifier\.).*"),
    (r"py:.*", r"vanthu_classifier\..*\b(_\w+|Key|Value)"),
]

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline", "attrs_block"]
myst_heading_anchors = 3
suppress_warnings = ["ref.python"]  # a bare name in a type hint that two modules use

default_role = "literal"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
# scikit-learn adds the `set_…_request` methods to every estimator, with its own cross-references.
autodoc_default_options = {
    "undoc-members": True,
    "exclude-members": "set_fit_request, set_predict_proba_request, set_predict_request, set_score_request",
}
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "vanthu_classifier"
html_static_path = ["_static"]
html_css_files = ["vanthu.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"footer_icons": [], "top_of_page_buttons": []}
copybutton_prompt_text = r"\$ |>>> |\.\.\. |PS> "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
