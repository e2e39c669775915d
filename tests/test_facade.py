"""The package is imported in a moment: what a command does not need, it does not wait for."""

import subprocess
import sys

LOOK = """
import sys
import tpm_analytics.head_start
print(sorted({"jsonschema", "numpy", "pandas"} & set(sys.modules)))
import jsonschema
print(jsonschema.validate(1, {"type": "integer"}), "rfc3987_syntax" in sys.modules)
"""


def test_what_starts_the_servers_waits_for_no_library_and_jsonschema_for_no_grammars():
    ran = subprocess.run([sys.executable, "-c", LOOK], stdout=subprocess.PIPE, check=True)
    assert ran.stdout.decode().splitlines() == ["[]", "None False"]


def test_who_asks_for_the_grammars_gets_them_after_jsonschema_did_not():
    look = "import importlib.util as u; print(u.find_spec('rfc3987_syntax') is not None)"
    told = [
        subprocess.run([sys.executable, "-c", source], stdout=subprocess.PIPE, check=True).stdout
        for source in (look, f"import tpm_analytics, jsonschema; {look}")
    ]
    assert told[0] == told[1]
