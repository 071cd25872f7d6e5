"""What a driver agrees to. Each consent keeps the very words."""

Words = dict[str, str]

# The version of these pages, kept with each consent that is given on them. It changes when the words do.
SOURCE = "page 2026-11-26"

TERMS: dict[str, Words] = {
    "stay": {
        "en": "Send me text messages about this stay: before it costs anything, when a fee runs, and what "
        "it came to. I can stop them at any time with STOP.",
        "fr": "Envoyez-moi des textos sur ce stationnement: avant que cela coûte, quand des frais courent, "
        "et leur montant. Je peux les arrêter en tout temps avec ARRET.",
        "es": "Mándenme mensajes de texto sobre esta estancia: antes de que cueste algo, cuando corre una "
        "tarifa y cuánto fue. Puedo pararlos en cualquier momento con BAJA.",
    },
    "token": {
        "en": "Also for the card or app that is charging now, at every bay, from now on.",
        "fr": "Aussi pour la carte ou l'application qui recharge maintenant, à toutes les places, dès maintenant.",
        "es": "También para la tarjeta o la aplicación que carga ahora, en todas las plazas, desde ahora.",
    },
}
