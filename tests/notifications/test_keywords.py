"""What drivers write back."""

import pytest

from notifications.keywords import Wish, is_answered_by_twilio, language_chosen, language_of_words, wish


@pytest.mark.parametrize(
    "text",
    [
        *(
            "STOP",
            "stop",
            " Stop. ",
            "stop all",
            "opt-out",
            "Please stop",
            "stop texting me",
            "unsubscribe me from this",
        ),
        *("BAJA", "Baja por favor", "bája", "parar", "CANCELAR", "no más"),
        *("Arrêt", "ARRET", "Arre\u0302t!", "arrêter", "ARRÊT SVP", "Désabonner"),
    ],
)
def test_words_that_stop(text: str) -> None:
    assert wish(text) is Wish.STOP


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        *(("START", Wish.START), ("reprendre", Wish.START), ("AIDE", Wish.HELP), ("help?", Wish.HELP)),
        *(("ALTA", Wish.START), ("Ayuda", Wish.HELP), ("trabaja", None), ("español", None)),
        *(("don't stop now", None), ("Fin de charge quand?", None), ("", None), ("👍", None), ("I am coming", None)),
    ],
)
def test_other_words(text: str, asked: Wish | None) -> None:
    assert wish(text) is asked


def test_twilio_answers_only_its_own_bare_words() -> None:
    assert is_answered_by_twilio(" stop ")
    assert not is_answered_by_twilio("Please stop")
    assert not is_answered_by_twilio("ARRET")


def test_language_of_words() -> None:
    assert language_of_words("Arrêt svp") == "fr"
    assert language_of_words("stop it") == "en"
    assert language_of_words("baja, gracias") == "es"


def test_a_language_is_chosen_by_its_name_alone() -> None:
    assert [language_chosen(text) for text in ("Español", "FRANÇAIS.", "english", "no english")] == [
        "es",
        "fr",
        "en",
        None,
    ]
