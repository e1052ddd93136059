"""The two commands of the README: one line each, and the ones that CI runs."""

from forum import paths

README = (paths.ROOT / "README.md").read_text()
RUN = "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/forum serve --demo"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"


def test_the_command_to_run_stands_on_a_line_of_its_own():
    assert RUN in README.splitlines()


def test_the_command_to_test_stands_on_a_line_of_its_own():
    assert TEST in README.splitlines()


def test_ci_runs_the_command_of_the_readme():
    script = (paths.ROOT / ".ci" / "run").read_text()

    assert "README.md" in script
    assert TEST not in script, "CI reads the command from the README, so that it cannot drift"
