import pytest

from ventanilla.lib.problems import Conflict, Invalid, NotAllowed, NotFound, Problem, TooMany


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (Problem, 409, "conflict"),
        (Conflict, 409, "conflict"),
        (NotAllowed, 403, "not_allowed"),
        (NotFound, 404, "not_found"),
        (Invalid, 422, "invalid"),
    ],
)
def test_each_refusal_has_its_status_and_code(kind, status, code):
    problem = kind("No.")

    assert (problem.status, problem.code, problem.message) == (status, code, "No.")
    assert problem.field is None
    assert isinstance(problem, Problem)


def test_a_refusal_can_name_the_field():
    assert Invalid("Too long.", field="subject").field == "subject"


def test_a_limit_says_when_it_opens_again():
    problem = TooMany("Try again in 30 seconds.", retry_after=30)

    assert (problem.status, problem.retry_after) == (429, 30)
