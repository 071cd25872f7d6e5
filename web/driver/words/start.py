"""Starting a session, and what became of it."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "start": {
        "en": "Start charging with my card",
        "fr": "Lancer la recharge avec ma carte",
        "es": "Empezar a cargar con mi tarjeta",
    },
    "start_title": {
        "en": "Start a session",
        "fr": "Lancer une session",
        "es": "Empezar una sesión",
    },
    "start_lead": {
        "en": "The network is asked to start a session at this bay on the card or app that is known to be "
        "yours; your provider bills what you charge. Stand at the charger and plug in.",
        "fr": "Le réseau est prié de lancer une session à cette place avec la carte ou l'application connue"
        " comme la vôtre; votre fournisseur facture la recharge. Restez près de la borne et branchez-"
        "vous.",
        "es": "Se pide a la red que empiece una sesión en esta plaza con la tarjeta o la aplicación que se "
        "sabe suya; su proveedor factura lo que cargue. Quédese junto al cargador y enchufe.",
    },
    "start_now": {
        "en": "Start now",
        "fr": "Lancer maintenant",
        "es": "Empezar ahora",
    },
    "back_to_bay": {
        "en": "Back to the bay",
        "fr": "Retour à la place",
        "es": "Volver a la plaza",
    },
    "cant_start_title": {
        "en": "No session can be started here",
        "fr": "Aucune session à lancer ici",
        "es": "Aquí no se puede empezar una sesión",
    },
    "cant_start": {
        "en": "The vehicle is gone or plugged in, the network takes no requests, or no card is known to be "
        "yours. Nothing was sent.",
        "fr": "Le véhicule est parti ou branché, le réseau n'accepte pas de demandes, ou aucune carte n'est"
        " connue comme la vôtre. Rien n'a été envoyé.",
        "es": "El vehículo se ha ido o está enchufado, la red no acepta peticiones, o no se sabe de ninguna"
        " tarjeta suya. No se mandó nada.",
    },
    "start_waiting": {
        "en": "On its way",
        "fr": "En route",
        "es": "En camino",
    },
    "start_waiting_hint": {
        "en": "The charging network has not answered yet.",
        "fr": "Le réseau de recharge n'a pas encore répondu.",
        "es": "La red de carga todavía no ha respondido.",
    },
    "start_accepted": {
        "en": "The network took it",
        "fr": "Le réseau l'a acceptée",
        "es": "La red la aceptó",
    },
    "start_accepted_hint": {
        "en": "The charger has not answered yet. Plug in now.",
        "fr": "La borne n'a pas encore répondu. Branchez-vous maintenant.",
        "es": "El cargador todavía no ha respondido. Enchufe ahora.",
    },
    "start_done": {
        "en": "The charger accepted",
        "fr": "La borne a accepté",
        "es": "El cargador la aceptó",
    },
    "start_done_hint": {
        "en": "Plug in if you have not. The clock here stops once the network reports the session.",
        "fr": "Branchez-vous si ce n'est pas fait. Le compteur s'arrête quand le réseau annonce la session.",
        "es": "Enchufe si no lo ha hecho. Este contador se para cuando la red informa de la sesión.",
    },
    "start_refused": {
        "en": "Refused",
        "fr": "Refusée",
        "es": "Rechazada",
    },
    "start_refused_hint": {
        "en": "No session was started. Use your card or app at the charger.",
        "fr": "Aucune session n'a été lancée. Utilisez votre carte ou application à la borne.",
        "es": "No empezó ninguna sesión. Use su tarjeta o su aplicación en el cargador.",
    },
    "start_timed_out": {
        "en": "The charger did not answer in time",
        "fr": "La borne n'a pas répondu à temps",
        "es": "El cargador no respondió a tiempo",
    },
    "start_timed_out_hint": {
        "en": "It may still start. Look at the charger, then use your card or app there.",
        "fr": "La session peut encore démarrer. Regardez la borne, puis utilisez-y votre carte ou application.",
        "es": "Todavía puede empezar. Mire el cargador y use allí su tarjeta o su aplicación.",
    },
    "start_not_sent": {
        "en": "Not sent",
        "fr": "Non envoyée",
        "es": "No se mandó",
    },
    "start_not_sent_hint": {
        "en": "The network could not be reached, so nothing was started. You may try again.",
        "fr": "Le réseau était injoignable; rien n'a été lancé. Vous pouvez réessayer.",
        "es": "No se pudo hablar con la red, así que no empezó nada. Puede intentarlo otra vez.",
    },
    "start_unknown": {
        "en": "Not known",
        "fr": "Inconnu",
        "es": "No se sabe",
    },
    "start_unknown_hint": {
        "en": "It was sent and no answer came; it may have been carried out. Look at the charger before you try again.",
        "fr": "Elle a été envoyée sans réponse; elle a pu être exécutée. Regardez la borne avant de réessayer.",
        "es": "Se mandó y no llegó respuesta; quizá se haya hecho. Mire el cargador antes de intentarlo otra vez.",
    },
    "start_words": {
        "en": "The network says: {words}",
        "fr": "Le réseau dit: {words}",
        "es": "La red dice: {words}",
    },
}
