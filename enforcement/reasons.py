"""Reasons in words, English, French and Spanish: every code that a decision can carry."""

Words = dict[str, str]

REASONS: dict[str, Words] = {
    "session_active": {
        "en": "The network reports an active session.",
        "fr": "Le réseau signale une session en cours.",
        "es": "La red informa de una sesión en curso.",
    },
    "finished_reported": {
        "en": "The network reported that the vehicle no longer asks for energy.",
        "fr": "Le réseau a signalé que le véhicule ne demande plus d'énergie.",
        "es": "La red informó de que el vehículo ya no pide energía.",
    },
    "finished_inferred": {
        "en": "Energy stopped growing over several updates; the network did not say why.",
        "fr": "L'énergie n'augmente plus depuis plusieurs relevés; le réseau n'a pas dit pourquoi.",
        "es": "La energía dejó de aumentar en varias lecturas; la red no dijo por qué.",
    },
    "session_over": {
        "en": "The session is over and the bay sensor still sees a vehicle.",
        "fr": "La session est terminée et le capteur voit encore un véhicule.",
        "es": "La sesión terminó y el sensor todavía ve un vehículo.",
    },
    "session_stopped": {
        "en": "The session was stopped; the vehicle is still there and may still be plugged in.",
        "fr": "La session a été arrêtée; le véhicule est encore là, peut-être toujours branché.",
        "es": "La sesión se detuvo; el vehículo sigue ahí y quizá aún enchufado.",
    },
    "operator_stopped": {
        "en": "The operator ended the session; the bay sensor still sees a vehicle.",
        "fr": "L'exploitant a mis fin à la session; le capteur voit encore un véhicule.",
        "es": "El operador terminó la sesión; el sensor todavía ve un vehículo.",
    },
    "exempt_group": {
        "en": "The driver belongs to a group that the policy spares.",
        "fr": "Le conducteur appartient à un groupe exempté.",
        "es": "El conductor pertenece a un grupo exento.",
    },
    "exempt_permit": {
        "en": "The driver holds a permit that the policy honours.",
        "fr": "Le conducteur détient un permis que la politique reconnaît.",
        "es": "El conductor tiene un permiso que la norma reconoce.",
    },
    "not_warned": {
        "en": "The grace begins with a warning, and none was delivered: nothing is due.",
        "fr": "Le délai de grâce commence par un avertissement, et aucun n'a été reçu: rien n'est dû.",
        "es": "El tiempo gratis empieza con un aviso y no se entregó ninguno: no se debe nada.",
    },
    "no_session": {
        "en": "The bay sensor sees a vehicle and the live network feed shows no session.",
        "fr": "Le capteur voit un véhicule et le réseau, en direct, ne montre aucune session.",
        "es": "El sensor ve un vehículo y la red, en directo, no muestra ninguna sesión.",
    },
    "charger_down": {
        "en": "The charger was out of service.",
        "fr": "La borne était hors service.",
        "es": "El cargador estaba fuera de servicio.",
    },
    "sensor_contradicts": {
        "en": "The network reports a plugged vehicle, the bay sensor a free bay.",
        "fr": "Le réseau signale un véhicule branché, le capteur une place libre.",
        "es": "La red informa de un vehículo enchufado y el sensor de una plaza libre.",
    },
    "no_sensor_word": {
        "en": "No sensor's word holds for this time.",
        "fr": "Aucun capteur ne renseigne sur ce moment.",
        "es": "Ningún sensor dice nada de este momento.",
    },
    "sensor_flapping": {
        "en": "The bay sensor changed its word too often to be believed.",
        "fr": "Le capteur a changé d'avis trop souvent pour être cru.",
        "es": "El sensor cambió de opinión demasiadas veces para creerle.",
    },
    "sensor_stuck_occupied": {
        "en": "The bay sensor saw no vehicle leave between two drivers' sessions: it is not believed.",
        "fr": "Le capteur n'a vu partir personne entre les sessions de deux conducteurs: il n'est pas cru.",
        "es": "El sensor no vio salir a nadie entre las sesiones de dos conductores: no se le cree.",
    },
    "sensor_missed_change": {
        "en": "The bay sensor had to correct itself: it had missed an arrival or a departure.",
        "fr": "Le capteur a dû se corriger: il avait manqué une arrivée ou un départ.",
        "es": "El sensor tuvo que corregirse: se le había escapado una llegada o una salida.",
    },
    "sensor_too_long_alone": {
        "en": "Only the bay sensor knew of a vehicle for more than a day: a person must look.",
        "fr": "Seul le capteur signalait un véhicule depuis plus d'un jour: une personne doit vérifier.",
        "es": "Solo el sensor veía un vehículo desde hacía más de un día: debe mirarlo una persona.",
    },
    "sensor_inaccurate": {
        "en": "Sessions have shown that the bay sensor is wrong too often.",
        "fr": "Les sessions ont montré que le capteur se trompe trop souvent.",
        "es": "Las sesiones mostraron que el sensor se equivoca demasiado.",
    },
    "sensor_tilt": {
        "en": "The bay sensor was tilted.",
        "fr": "Le capteur était incliné.",
        "es": "El sensor estaba inclinado.",
    },
    "sensor_interference": {
        "en": "A foreign magnetic field disturbed the bay sensor.",
        "fr": "Un champ magnétique étranger perturbait le capteur.",
        "es": "Un campo magnético ajeno perturbaba el sensor.",
    },
    "sensor_not_calibrated": {
        "en": "The bay sensor was not calibrated.",
        "fr": "Le capteur n'était pas calibré.",
        "es": "El sensor no estaba calibrado.",
    },
    "sensor_fault": {
        "en": "A part of the bay sensor had failed.",
        "fr": "Un élément du capteur était en panne.",
        "es": "Una pieza del sensor había fallado.",
    },
    "sensor_obstructed": {
        "en": "Something lay on the bay sensor.",
        "fr": "Quelque chose recouvrait le capteur.",
        "es": "Algo cubría el sensor.",
    },
    "sensor_drifting": {
        "en": "The clock of the bay sensor was far off.",
        "fr": "L'horloge du capteur était très décalée.",
        "es": "El reloj del sensor iba muy desviado.",
    },
    "sensor_silent": {
        "en": "The bay sensor has been silent for longer than its model ever is.",
        "fr": "Le capteur se tait depuis plus longtemps que son modèle ne le fait jamais.",
        "es": "El sensor calla desde hace más tiempo del que su modelo calla nunca.",
    },
    "sensor_dead_battery": {
        "en": "The bay sensor said that its battery is low, and then fell silent.",
        "fr": "Le capteur a signalé une pile faible, puis s'est tu.",
        "es": "El sensor avisó de que le quedaba poca pila y luego calló.",
    },
    "sensor_low_battery": {
        "en": "The bay sensor says that its battery is low; it still works.",
        "fr": "Le capteur signale une pile faible; il fonctionne encore.",
        "es": "El sensor avisa de que le queda poca pila; todavía funciona.",
    },
    "sensor_stuck_free": {
        "en": "The bay sensor says free while energy flows.",
        "fr": "Le capteur indique libre alors que l'énergie circule.",
        "es": "El sensor dice que está libre mientras pasa energía.",
    },
    "sensor_blink": {
        "en": "The bay sensor did not see the vehicle for a moment too short to leave.",
        "fr": "Le capteur n'a pas vu le véhicule pendant un instant trop court pour partir.",
        "es": "El sensor no vio el vehículo por un momento demasiado breve para irse.",
    },
    "shared_session": {
        "en": "A session of a shared or void record may have been this vehicle's.",
        "fr": "Une session partagée ou annulée pouvait être celle de ce véhicule.",
        "es": "Una sesión compartida o anulada podía ser la de este vehículo.",
    },
    "no_charger": {
        "en": "No charger belongs to this bay alone, so a missing session says nothing.",
        "fr": "Aucune borne n'est propre à cette place: l'absence de session ne dit rien.",
        "es": "Ningún cargador es solo de esta plaza: que falte una sesión no dice nada.",
    },
    "feed_silent": {
        "en": "The network's feed was silent, so a missing session is not known.",
        "fr": "Le réseau était muet: l'absence de session n'est pas établie.",
        "es": "La red no decía nada: no consta que faltara una sesión.",
    },
    "session_silent": {
        "en": "The session has had no news for too long.",
        "fr": "La session est sans nouvelles depuis trop longtemps.",
        "es": "Hace demasiado que no hay noticias de la sesión.",
    },
    "within_grace": {
        "en": "The grace is running.",
        "fr": "Le délai de grâce court.",
        "es": "El tiempo gratis está corriendo.",
    },
    "beyond_grace": {
        "en": "The grace is used up and the time is chargeable.",
        "fr": "Le délai de grâce est passé.",
        "es": "El tiempo gratis se acabó y lo que sigue se cobra.",
    },
    "ended_in_time": {
        "en": "It ended before any chargeable time.",
        "fr": "Terminé avant tout temps facturable.",
        "es": "Terminó antes de que se cobrara nada.",
    },
    "waiting_for_late_facts": {
        "en": "It is over; late facts are still waited for.",
        "fr": "C'est terminé; des faits tardifs peuvent encore arriver.",
        "es": "Ha terminado; todavía pueden llegar datos con retraso.",
    },
    "final": {
        "en": "It is over and the fee is final.",
        "fr": "C'est terminé et les frais sont définitifs.",
        "es": "Ha terminado y la tarifa es definitiva.",
    },
    "late_facts": {
        "en": "Late facts took the ground away: it is withdrawn.",
        "fr": "Des faits tardifs l'ont infirmé: retiré.",
        "es": "Datos llegados con retraso lo desmienten: queda retirado.",
    },
    "warned": {
        "en": "The driver has been sent a warning.",
        "fr": "Le conducteur a été averti.",
        "es": "Se avisó al conductor.",
    },
    "driver_contests": {
        "en": "The driver contests it.",
        "fr": "Le conducteur le conteste.",
        "es": "El conductor reclama.",
    },
    "dispute_upheld": {
        "en": "A person looked at what the driver says; the fee stands.",
        "fr": "Une personne a examiné la contestation; les frais sont maintenus.",
        "es": "Una persona estudió la reclamación; la tarifa se mantiene.",
    },
    "dispute_waived": {
        "en": "A person looked at what the driver says and waived the fee.",
        "fr": "Une personne a examiné la contestation et annulé les frais.",
        "es": "Una persona estudió la reclamación y anuló la tarifa.",
    },
    "sensor_free": {
        "en": "The bay sensor reports a free bay.",
        "fr": "Le capteur signale une place libre.",
        "es": "El sensor informa de una plaza libre.",
    },
    "charger_available": {
        "en": "The network reports the charger as available.",
        "fr": "Le réseau signale la borne disponible.",
        "es": "La red informa de que el cargador está disponible.",
    },
}
