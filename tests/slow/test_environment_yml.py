"""What conda users install works: the pip section of environment.yml, in a fresh environment. Takes minutes."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_its_pip_section_installs_and_the_network_trains(tmp_path):
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    section = text.partition("- pip:\n")[2]
    lines = re.findall(r"^ +- (.+)$", section, re.MULTILINE)
    assert len(lines) > 6
    # conda writes these lines to a file beside environment.yml; pip gets the same words in the same folder.
    words = [word for line in lines for word in line.split()]
    python = tmp_path / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *words], cwd=ROOT, check=True)
    subprocess.run([python, "-m", "pip", "check"], check=True)
    code = (
        "from qta_keras import data, features, models; corpus = data.load_sotu_paragraphs().head(300);"
        "dfm = features.fit_vectoriser(corpus['text']).transform(corpus['text']);"
        "labels = (corpus['year'] > 1795).to_numpy().astype(int);"
        "history = models.mlp(dfm.shape[1], 2).fit(dfm, labels, epochs=5, verbose=0).history;"
        "assert history['loss'][-1] < history['loss'][0]; print('trained')"
    )
    result = subprocess.run([python, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "trained"
