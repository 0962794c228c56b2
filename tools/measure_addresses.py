"""``python -m tools.measure_addresses``: writes ``data/sotu_addresses.csv``, the figures about each address."""

from pathlib import Path

from qta_keras import data

TABLE = Path(__file__).parents[1] / "data" / "sotu_addresses.csv"

if __name__ == "__main__":
    data.measure_addresses(data.load_sotu()).to_csv(TABLE, lineterminator="\n", encoding="utf-8")
    print(f"{TABLE} has been written.")
