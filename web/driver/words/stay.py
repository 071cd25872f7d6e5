"""A stay: its fee, why, and every reading."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "stay_gone": {
        "en": "What is known now shows no vehicle here at that time. Nothing is due.",
        "fr": "Selon ce qui est connu maintenant, aucun véhicule n'était là. Rien n'est dû.",
        "es": "Según lo que se sabe ahora, entonces no había aquí ningún vehículo. No se debe nada.",
    },
    "parked_since": {
        "en": "Parked since {at}",
        "fr": "Garé depuis {at}",
        "es": "Estacionado desde {at}",
    },
    "left_at": {
        "en": "left at {at}",
        "fr": "parti à {at}",
        "es": "se fue a las {at}",
    },
    "nothing_counts": {
        "en": "Nothing counts against this stay",
        "fr": "Rien ne compte contre ce stationnement",
        "es": "Nada cuenta contra esta estancia",
    },
    "nothing_counts_hint": {
        "en": "You get a text message before anything does.",
        "fr": "Vous recevrez un texto avant que cela change.",
        "es": "Recibirá un mensaje antes de que eso cambie.",
    },
    "cleared": {
        "en": "It ended in time, or was withdrawn.",
        "fr": "Terminé à temps, ou retiré.",
        "es": "Terminó a tiempo, o se retiró.",
    },
    "to_pay": {
        "en": "In all, taxes included",
        "fr": "En tout, taxes comprises",
        "es": "En total, impuestos incluidos",
    },
    "so_far": {
        "en": "So far, taxes included",
        "fr": "Jusqu'ici, taxes comprises",
        "es": "Hasta ahora, impuestos incluidos",
    },
    "counted_to": {
        "en": "So far: counted to the last evidence, {at}.",
        "fr": "Jusqu'ici: compté jusqu'à la dernière preuve, {at}.",
        "es": "Hasta ahora: contado hasta la última prueba, {at}.",
    },
    "estimate": {
        "en": "If the vehicle is still there, about",
        "fr": "Si le véhicule est encore là, environ",
        "es": "Si el vehículo sigue ahí, cerca de",
    },
    "not_final": {
        "en": "Late reports may still lower or raise it for a short while.",
        "fr": "Des relevés tardifs peuvent encore le changer pendant un court moment.",
        "es": "Informes con retraso pueden cambiarlo todavía por poco tiempo.",
    },
    "was_waived": {
        "en": "{sum} was waived.",
        "fr": "{sum}: annulés.",
        "es": "{sum}: anulados.",
    },
    "you_said": {
        "en": "You said:",
        "fr": "Vous avez dit:",
        "es": "Usted dijo:",
    },
    "answer_upheld": {
        "en": "Answer: the fee stands.",
        "fr": "Réponse: les frais sont maintenus.",
        "es": "Respuesta: la tarifa se mantiene.",
    },
    "answer_waived": {
        "en": "Answer: the fee is waived.",
        "fr": "Réponse: les frais sont annulés.",
        "es": "Respuesta: la tarifa se anula.",
    },
    "no_answer_yet": {
        "en": "A person will answer here. Nothing is collected until then.",
        "fr": "Une personne répondra ici. Rien n'est perçu d'ici là.",
        "es": "Una persona responderá aquí. Hasta entonces no se cobra nada.",
    },
    "why": {
        "en": "Why",
        "fr": "Pourquoi",
        "es": "Por qué",
    },
    "spared": {
        "en": "Not billed: {time} in all.",
        "fr": "Non facturé: {time} en tout.",
        "es": "No se cobra: {time} en total.",
    },
    "sum": {
        "en": "How it adds up",
        "fr": "Le calcul",
        "es": "La cuenta",
    },
    "each_minute": {
        "en": "What each minute cost, before taxes",
        "fr": "Ce que chaque minute a coûté, avant taxes",
        "es": "Lo que costó cada minuto, sin impuestos",
    },
    "readings": {
        "en": "Every reading ({count})",
        "fr": "Tous les relevés ({count})",
        "es": "Todas las lecturas ({count})",
    },
    "readings_hint": {
        "en": "What the bay's sensor and the charging network said, a quarter of an hour around your stay included.",
        "fr": "Ce qu'ont dit le capteur et le réseau, avec un quart d'heure avant et après.",
        "es": "Lo que dijeron el sensor de la plaza y la red de carga, con un cuarto de hora antes y después.",
    },
    "readings_gone": {
        "en": "Readings of that time are not kept any more. What was decided on them stands.",
        "fr": "Les relevés de ce moment ne sont plus gardés. Ce qui a été décidé d'après eux demeure.",
        "es": "Las lecturas de entonces ya no se guardan. Lo que se decidió con ellas queda.",
    },
    "heard": {
        "en": "The network was heard:",
        "fr": "Le réseau était entendu:",
        "es": "Se oía a la red:",
    },
    "receipt": {
        "en": "Receipt",
        "fr": "Reçu",
        "es": "Recibo",
    },
    "back": {
        "en": "Back to the stay",
        "fr": "Retour au stationnement",
        "es": "Volver a la estancia",
    },
}
