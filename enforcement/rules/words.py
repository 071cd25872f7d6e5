"""The reasons of judging, in words, English and French."""

from enforcement.rules.findings import Reason
from enforcement.rules.offences import Offence

OFFENCES: dict[Offence, tuple[str, str]] = {
    Offence.NOT_PLUGGED_IN: ("not plugged in", "non branché"),
    Offence.NOT_CHARGING: ("not charging", "pas en recharge"),
    Offence.OVER_TIME_LIMIT: ("over the time limit", "au-delà de la durée permise"),
    Offence.NOT_AN_EV: ("not an electric vehicle", "pas un véhicule électrique"),
    Offence.NO_E_PLATE: ("no plate for electric vehicles", "sans plaque de véhicule électrique"),
    Offence.NO_PARKING_DISC: ("no parking disc", "sans disque de stationnement"),
    Offence.BLOCKING: ("blocking access to the bay", "bloque l'accès à la place"),
}

REASONS: dict[str, tuple[str, str]] = {
    "plugged_is_legal": (
        "The vehicle was plugged in with its charging finished: this law does not forbid that. "
        "A fee for it is a matter of contract.",
        "Le véhicule était branché, sa recharge terminée: cette loi ne l'interdit pas. Des frais relèvent du contrat.",
    ),
    "was_charging": ("The vehicle was charging.", "Le véhicule était en recharge."),
    "too_short": (
        "It was {offence} for {lasted} at most without a break; it counts only after more than {after}.",
        "Il était {offence} pendant {lasted} au plus sans interruption; cela ne compte qu'au-delà de {after}.",
    ),
    "within_limit": (
        "It stayed {lasted} at most without a break; the limit is {after}.",
        "Il est resté {lasted} au plus sans interruption; la limite est de {after}.",
    ),
    "unknown_never_counts": (
        "For part of the stay nobody knows what the vehicle did; such time never counts.",
        "Pour une partie du séjour, on ignore ce que faisait le véhicule; ce temps ne compte jamais.",
    ),
    "charger_down_never_counts": (
        "For part of the stay the charger was out of service; such time never counts.",
        "Pendant une partie du séjour, la borne était hors service; ce temps ne compte jamais.",
    ),
    "not_confirmed": (
        "For part of the stay no evidence reaches far enough; such time does not count yet.",
        "Pour une partie du séjour, les preuves ne suffisent pas encore; ce temps ne compte pas.",
    ),
    "cable_not_known": (
        "The session was over, but nothing shows that the cable was out: a vehicle still plugged in is legal here.",
        "La session était terminée, mais rien ne montre que le câble était débranché: un véhicule encore branché est "
        "en règle ici.",
    ),
    "finish_only_inferred": (
        "That charging had finished is only inferred from a flat meter, as in a pause: no evidence for the law.",
        "La fin de la recharge n'est que déduite d'un compteur immobile, comme lors d'une pause: ce n'est pas une "
        "preuve pour la loi.",
    ),
    "outside_sign_hours": (
        "For part of the stay the sign did not reserve the bay.",
        "Pendant une partie du séjour, le panneau ne réservait pas la place.",
    ),
    "exempt": ("Exempt: {en}", "Exempté: {fr}"),
    "not_in_force": (
        "The rule was not in force for all of the stay.",
        "La règle n'était pas en vigueur pendant tout le séjour.",
    ),
    "private_land": (
        "The bay is on private land where this rule does not hold.",
        "La place est sur un terrain privé où cette règle ne s'applique pas.",
    ),
    "not_signed_here": (
        "The law leaves it to the sign, and no sign here is attested that forbids: {offence}.",
        "La loi s'en remet au panneau, et aucun panneau attesté ici n'interdit: {offence}.",
    ),
    "needs_a_witness": (
        "Whether it was {offence} can't be told by a sensor: only a camera or an officer can say so, and none did.",
        "Un capteur ne peut pas dire s'il était {offence}: seule une caméra ou un agent le peut, et aucun ne l'a fait.",
    ),
    "witness_contradicted": (
        "A witness said that it was not an electric vehicle, but at that moment it was plugged in.",
        "Un témoin a dit que ce n'était pas un véhicule électrique, mais il était alors branché.",
    ),
    "witness_outside": (
        "What a witness saw was not during this stay, or not at a time for which the rule held.",
        "Ce qu'un témoin a vu n'était pas pendant ce séjour, ou pas à un moment où la règle valait.",
    ),
    "no_sign": (
        "Not enforceable: nobody attested the sign that the rule asks for. {en}",
        "Non applicable: personne n'a attesté le panneau exigé. {fr}",
    ),
    "sign_attested_later": (
        "Not enforceable: the sign was attested only after the breach; that does not prove that it stood there before.",
        "Non applicable: le panneau n'a été attesté qu'après l'infraction, ce qui ne prouve pas qu'il y était avant.",
    ),
    "sign_gone": (
        "Not enforceable: the sign is attested only for a time that ended before the breach.",
        "Non applicable: le panneau n'est attesté que pour un temps terminé avant l'infraction.",
    ),
    "sign_without_penalty": (
        "Not enforceable: the sign does not state the penalty, as the law demands.",
        "Non applicable: le panneau n'indique pas l'amende, comme la loi l'exige.",
    ),
    "no_stay": ("Nothing is known of the stay.", "On ne sait rien du séjour."),
    "look_at_cable": (
        "The network shows no session; a cable plugged in without one would look the same. Look at the cable.",
        "Le réseau ne montre aucune session; un câble branché sans session aurait le même aspect. Vérifiez le câble.",
    ),
    "presumed": ("Basis: {en}", "Fondement: {fr}"),
}


def reason(code: str, **values: str) -> Reason:
    """A reason of this module in both languages; an ``offence`` value is put into words."""
    english, french = REASONS[code]
    spoken = [dict(values), dict(values)]
    if "offence" in values:
        for index, words in enumerate(spoken):
            words["offence"] = OFFENCES[Offence(values["offence"])][index]
    return Reason(code, english.format(**spoken[0]), french.format(**spoken[1]))
