"""What customers of the demonstration shop write about, and how it goes on.

Each story is one matter with its turns. "|" parts alternatives; names in braces are filled in by
`plan`. A turn is (who, minutes of working time after the turn before, text): C the customer,
A the agent, N an internal note.
"""

from __future__ import annotations

from dataclasses import dataclass

Turn = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Story:
    """weight    how often it comes, beside the others
    end       the status that it is left in: "resolved", "pending", "open" or "on_hold"
    priority  0 low to 3 urgent; 1 is never set by hand
    picture   the customer adds a photo of this kind: "leg", "box", "receipt"
    """

    team: str
    category: str
    subject: str
    turns: tuple[Turn, ...]
    weight: int = 3
    end: str = "resolved"
    priority: int = 1
    type: str = "question"
    tags: tuple[str, ...] = ()
    channel: str = "email"
    language: str = "es"
    picture: str = ""


BILLING, SHIPPING = "Facturación", "Envíos"
RETURNS, PRODUCT = "Devoluciones", "Producto"

STORIES = (
    # -- Facturación -------------------------------------------------------------------------
    Story(
        BILLING,
        "Cobro duplicado",
        "Cobro duplicado en el pedido {order}|Me habéis cobrado dos veces el pedido {order}",
        (
            (
                "C",
                0,
                "Buenos días:\n\nAyer compré {product} (pedido {order}) y en mi banco aparecen dos "
                "cargos de {amount}. Solo hice un pedido, y hay una confirmación.\n\n"
                "¿Podéis devolverme el segundo cargo cuanto antes?\n\nGracias,\n{customer}"
                "|Hola, en el extracto de la tarjeta me salen dos pagos de {amount} por el pedido "
                "{order}. ¿Es un error vuestro o del banco? Miradlo, por favor.\n\n{customer}",
            ),
            (
                "N",
                18,
                "Confirmado en la pasarela: la operación quedó duplicada por un reintento. Ya he "
                "lanzado la devolución, tarda entre 24 y 72 h.",
            ),
            (
                "A",
                9,
                "Hola, {first}:\n\nTienes razón: el pago se registró dos veces por un fallo de la "
                "pasarela. Hemos devuelto {amount} a la misma tarjeta; el banco suele reflejarlo "
                "en uno a tres días hábiles.\n\nSentimos las molestias.",
            ),
            (
                "C",
                1500,
                "Ya lo veo en la cuenta. Muchas gracias por la rapidez.|Recibido, gracias.",
            ),
            ("A", 40, "Gracias a ti por avisar, {first}. Damos la consulta por cerrada."),
        ),
        weight=5,
        priority=3,
        type="incident",
        tags=("pasarela", "reembolso"),
        picture="receipt",
    ),
    Story(
        BILLING,
        "Factura",
        "Factura con CIF incorrecto|Necesito corregir una factura",
        (
            (
                "C",
                0,
                "Buenas tardes, la factura del pedido {order} ha salido con el CIF antiguo. El "
                "correcto es B-9{order}. ¿La podéis rehacer? La necesito para cerrar el trimestre."
                "|Hola: en la factura del pedido {order} falta nuestra razón social. ¿Es posible "
                "emitir una rectificativa?",
            ),
            (
                "A",
                95,
                "Hola, {first}:\n\nAdjunto la factura rectificada del pedido {order} con los datos "
                "que nos indicas. La anterior queda anulada.\n\nUn saludo",
            ),
        ),
        weight=6,
        tags=("factura",),
    ),
    Story(
        BILLING,
        "Factura",
        "¿Dónde descargo la factura del pedido {order}?",
        (
            ("C", 0, "Hola, no encuentro la factura de mi compra ({product}). ¿Me la enviáis?"),
            (
                "A",
                60,
                "Hola, {first}: la tienes en «Mi cuenta > Pedidos > {order} > Factura». Te la "
                "mandamos también aquí por si te resulta más cómodo.",
            ),
            ("C", 200, "Perfecto, gracias."),
        ),
        weight=4,
        priority=0,
        tags=("factura",),
    ),
    Story(
        BILLING,
        "Reembolso",
        "Reembolso aún no recibido|¿Cuándo llega el reembolso del pedido {order}?",
        (
            (
                "C",
                0,
                "Hola, devolví {product} hace dos semanas y todavía no tengo el dinero. El "
                "seguimiento dice que lo recibisteis el {day}.",
            ),
            (
                "N",
                70,
                "El almacén registró la entrada con otro número de pedido. Pido a contabilidad "
                "que lo asocien.",
            ),
            (
                "A",
                35,
                "Hola, {first}: la devolución está registrada y hoy mismo sale la transferencia de "
                "{amount}. El banco tarda de 3 a 5 días hábiles.",
            ),
        ),
        weight=5,
        end="pending",
        tags=("reembolso",),
    ),
    Story(
        BILLING,
        "Pago",
        "No puedo pagar con tarjeta|El pago se queda en «procesando»",
        (
            (
                "C",
                0,
                "Llevo media hora intentando pagar {product}. La página se queda pensando y luego "
                "dice «operación denegada», pero mi banco dice que todo está bien.",
            ),
            (
                "A",
                25,
                "Hola, {first}: hemos visto tres intentos rechazados por la verificación del "
                "banco. ¿Puedes probar con la aplicación del banco abierta en el móvil? Si "
                "prefieres, te reservamos el pedido y pagas por transferencia.",
            ),
            ("C", 90, "Con la app abierta ha funcionado. Gracias."),
        ),
        weight=3,
        priority=2,
        type="incident",
        tags=("pasarela",),
    ),
    Story(
        BILLING,
        "Pago",
        "Pago a plazos",
        (
            (
                "C",
                0,
                "¿Se puede pagar {product} a plazos sin intereses? En la web no me queda claro.",
            ),
            (
                "A",
                140,
                "Hola, {first}: sí, en tres plazos sin intereses a partir de 200 €. Aparece como "
                "opción en el último paso, al elegir tarjeta.",
            ),
        ),
        weight=2,
        priority=0,
    ),
    # -- Envíos ------------------------------------------------------------------------------
    Story(
        SHIPPING,
        "Retraso",
        "¿Dónde está mi pedido {order}?|Pedido {order} sin noticias|Plazo de entrega de {product}",
        (
            (
                "C",
                0,
                "Hola, el pedido {order} tenía que llegar el {day} y no sé nada. El seguimiento "
                "lleva cuatro días sin moverse."
                "|Buenas, ¿me podéis decir cuándo llega {product}? El transportista no contesta.",
            ),
            (
                "A",
                55,
                "Hola, {first}: tu pedido está en la plataforma de {city}. Hemos reclamado al "
                "transportista y nos confirma la entrega para pasado mañana de 9 a 14 h.",
            ),
            ("C", 900, "Ha llegado esta mañana, todo bien.|Entregado. Gracias."),
        ),
        weight=9,
        tags=("transporte",),
    ),
    Story(
        SHIPPING,
        "Dirección",
        "¿Puedo cambiar la dirección de entrega?|Cambio de dirección del pedido {order}",
        (
            (
                "C",
                0,
                "Es que estaré fuera el {day}. ¿Podéis entregar {product} en casa de mi hermana? "
                "Calle Mayor 14, {city}.",
            ),
            (
                "A",
                30,
                "Hola, {first}: cambiado. La nueva dirección es Calle Mayor 14, {city}. El "
                "transportista llamará antes de salir.",
            ),
            ("C", 15, "Genial, mil gracias."),
        ),
        weight=5,
    ),
    Story(
        SHIPPING,
        "Fecha",
        "Cambio de fecha de entrega",
        (
            ("C", 0, "Hola, no voy a estar en casa el {day}. ¿Se puede retrasar la entrega?"),
            (
                "A",
                45,
                "Hola, {first}: claro. Tenemos hueco el jueves por la mañana o el viernes por la "
                "tarde. ¿Cuál te viene mejor?",
            ),
        ),
        weight=5,
        end="pending",
        priority=0,
    ),
    Story(
        SHIPPING,
        "Paquete dañado",
        "La caja llegó abierta|El paquete venía golpeado",
        (
            (
                "C",
                0,
                "El repartidor ha dejado la caja de {product} abierta y mojada. Adjunto foto. "
                "¿Qué hago, la abro o la devuelvo?",
            ),
            (
                "A",
                22,
                "Hola, {first}: gracias por la foto. Ábrela y comprueba si hay algún daño dentro; "
                "si lo hay, te lo cambiamos sin coste y lo recogemos en tu casa.",
            ),
            ("C", 180, "Por dentro está bien, solo era el embalaje."),
            ("A", 20, "Nos alegramos. Hemos abierto parte al transportista de todas formas."),
        ),
        weight=4,
        priority=2,
        type="incident",
        tags=("transporte",),
        picture="box",
    ),
    Story(
        SHIPPING,
        "Subida",
        "¿Subís los muebles a un quinto sin ascensor?",
        (
            ("C", 0, "Antes de comprar {product}: vivo en un quinto sin ascensor. ¿Lo subís?"),
            (
                "A",
                75,
                "Hola, {first}: sí, la subida a domicilio cuesta 29 € sin ascensor y se elige en "
                "el carrito. Montaje incluido por 35 € más.",
            ),
        ),
        weight=3,
        priority=0,
    ),
    Story(
        SHIPPING,
        "Retraso",
        "Encomenda atrasada",
        (
            (
                "C",
                0,
                "Bom dia, a minha encomenda {order} devia ter chegado no {day} e ainda não tenho "
                "notícias. Podem verificar?",
            ),
            (
                "A",
                80,
                "Bom dia, {first}: a encomenda saiu hoje de {city} e chega amanhã entre as 9 e as "
                "13 h. Pedimos desculpa pelo atraso.",
            ),
        ),
        weight=2,
        language="pt",
        end="pending",
        tags=("transporte",),
    ),
    Story(
        SHIPPING,
        "Falta una pieza",
        "Falta un bulto en el pedido {order}|Me ha llegado solo una de las dos cajas",
        (
            (
                "C",
                0,
                "De {product} ha llegado una caja de dos. El albarán pone 2/2 pero aquí hay una.",
            ),
            (
                "N",
                40,
                "El segundo bulto sigue en el almacén de {city}; salida mañana con la ruta norte.",
            ),
            (
                "A",
                12,
                "Hola, {first}: el segundo bulto se quedó en el almacén y sale mañana. Te llega el "
                "{day}. Disculpa las molestias.",
            ),
        ),
        weight=4,
        end="on_hold",
        type="incident",
        tags=("transporte", "almacén"),
    ),
    Story(
        SHIPPING,
        "Retraso",
        "Llamada: quiere anular el pedido {order}",
        (
            (
                "C",
                0,
                "Llama muy molesta: le dijeron que llegaba el {day} y nadie ha avisado. Quiere "
                "anular {product} si no llega esta semana.",
            ),
            ("N", 15, "Hablado con la agencia: confirman entrega el jueves a primera hora."),
        ),
        weight=3,
        priority=2,
        type="complaint",
        end="open",
        channel="phone",
    ),
    # -- Devoluciones ------------------------------------------------------------------------
    Story(
        RETURNS,
        "Daño de transporte",
        "El sofá llegó con una pata rota|{product} con un golpe en la esquina",
        (
            (
                "C",
                0,
                "Hola:\n\nHoy ha llegado {product} y al quitar el plástico vimos un golpe. El "
                "embalaje no tenía nada por fuera. Adjunto fotos.\n\nEl sábado tengo visita, así "
                "que necesito una solución antes.\n\nGracias,\n{customer}",
            ),
            (
                "A",
                50,
                "Hola, {first}:\n\nSentimos que haya llegado así, y gracias por las fotos. Hoy "
                "mismo te enviamos la pieza nueva sin coste, con los tornillos y la llave para "
                "cambiarla en unos diez minutos. Si prefieres devolverlo, lo recogemos gratis.",
            ),
            ("C", 130, "Me quedo con la pieza, pero que llegue antes del sábado, por favor."),
            ("A", 20, "Va por mensajería urgente: llega el viernes antes de las 14 h."),
            ("C", 1200, "Ha llegado y encaja perfectamente. Gracias por todo."),
        ),
        weight=6,
        priority=2,
        type="incident",
        tags=("transporte", "repuesto"),
        picture="leg",
    ),
    Story(
        RETURNS,
        "Desistimiento",
        "Quiero devolver {product}|Devolución del pedido {order}",
        (
            (
                "C",
                0,
                "Buenas, {product} no encaja en el salón. ¿Cómo lo devuelvo? No lo he montado."
                "|Hola, quería devolver el pedido {order}. Está sin abrir.",
            ),
            (
                "A",
                65,
                "Hola, {first}: tienes 30 días desde la entrega. Lo recogemos en tu casa; elige "
                "día en este correo: martes, miércoles o jueves. El reembolso sale al recibirlo.",
            ),
            ("C", 300, "El miércoles por la tarde."),
            ("A", 30, "Anotado: miércoles de 15 a 19 h. Te llega un aviso del transportista."),
        ),
        weight=7,
        end="on_hold",
        tags=("recogida",),
    ),
    Story(
        RETURNS,
        "Desistimiento",
        "¿Cuánto tiempo tengo para devolver?",
        (
            ("C", 0, "Compré {product} como regalo. ¿Hasta cuándo se puede devolver?"),
            (
                "A",
                110,
                "Hola, {first}: 30 días desde la entrega y, en campaña de Navidad, hasta el 15 de "
                "enero. Basta con que esté sin montar y con su embalaje.",
            ),
        ),
        weight=3,
        priority=0,
    ),
    Story(
        RETURNS,
        "Cambio",
        "Cambiar el color de {product}",
        (
            ("C", 0, "Pedí {product} en roble y lo quiero en nogal. ¿Podéis cambiarlo?"),
            (
                "A",
                80,
                "Hola, {first}: sí, hay existencias en nogal. Te llevamos el nuevo y recogemos el "
                "otro en el mismo viaje, sin coste. ¿Te viene bien el {day}?",
            ),
        ),
        weight=4,
        end="pending",
    ),
    Story(
        RETURNS,
        "Daño de transporte",
        "Tercera vez que escribo|Sigo esperando una solución",
        (
            (
                "C",
                0,
                "Es la tercera vez que os escribo por {product}. Llegó roto, pedí el cambio y aquí "
                "no se mueve nadie. Si no hay respuesta hoy pondré una hoja de reclamaciones.",
            ),
            (
                "N",
                10,
                "Había un ticket anterior sin asignar desde el {day}. Lo llevo yo: repuesto "
                "urgente y 40 € de compensación, hablado con Lucía.",
            ),
            (
                "A",
                12,
                "Hola, {first}: lo que cuentas no debería haber pasado y lo sentimos. Mañana a "
                "primera hora te entregamos la unidad nueva y hemos abonado 40 € por las "
                "molestias. Te llamo yo misma en cuanto esté en reparto.",
            ),
        ),
        weight=2,
        end="pending",
        priority=3,
        type="complaint",
        tags=("compensación",),
    ),
    Story(
        RETURNS,
        "Recogida",
        "No han venido a recoger la devolución",
        (
            ("C", 0, "Esperé toda la tarde y nadie vino a por {product} (pedido {order})."),
            (
                "A",
                35,
                "Hola, {first}: el conductor no encontró el portal. Hemos fijado otra recogida "
                "para mañana de 16 a 18 h y llamará al llegar.",
            ),
            ("C", 1400, "Recogido, gracias."),
        ),
        weight=4,
        tags=("recogida",),
    ),
    # -- Producto ----------------------------------------------------------------------------
    Story(
        PRODUCT,
        "Medidas",
        "Medidas de {product}|¿Cabe {product} por una puerta de 72 cm?",
        (
            ("C", 0, "Hola, ¿qué medidas tiene {product} embalado? Mi puerta mide 72 cm."),
            (
                "A",
                120,
                "Hola, {first}: el bulto mayor mide 68 × 70 × 190 cm, así que pasa de lado. "
                "Las medidas completas están en la pestaña «Detalles».",
            ),
        ),
        weight=5,
        priority=0,
    ),
    Story(
        PRODUCT,
        "Montaje",
        "Instrucciones de montaje de {product}|Me sobra un tornillo",
        (
            (
                "C",
                0,
                "He perdido las instrucciones de {product}. ¿Las tenéis en PDF?"
                "|He montado {product} y me sobran dos tornillos largos. ¿Es normal?",
            ),
            (
                "A",
                70,
                "Hola, {first}: te adjuntamos las instrucciones. En el paso 6 van los dos "
                "tornillos largos, en la traviesa trasera: conviene ponerlos.",
            ),
            ("C", 60, "Ahora sí. Gracias."),
        ),
        weight=5,
        priority=0,
        tags=("montaje",),
    ),
    Story(
        PRODUCT,
        "Repuesto",
        "Repuesto: tornillos y herrajes|¿Vendéis patas sueltas para {product}?",
        (
            (
                "C",
                0,
                "En la mudanza hemos perdido los herrajes de {product}. ¿Se pueden comprar aparte?",
            ),
            (
                "A",
                90,
                "Hola, {first}: sí, la bolsa de herrajes cuesta 6 € y te la enviamos por correo. "
                "¿Confirmas la dirección de {city}?",
            ),
            ("C", 240, "Sí, la misma del pedido."),
            ("A", 25, "Enviado: llega en dos o tres días."),
        ),
        weight=4,
        tags=("repuesto",),
    ),
    Story(
        PRODUCT,
        "Existencias",
        "¿Cuándo vuelve a haber {product}?",
        (
            ("C", 0, "Sale agotado desde hace un mes. ¿Sabéis cuándo lo reponéis?"),
            (
                "A",
                150,
                "Hola, {first}: el proveedor nos da la segunda quincena del próximo mes. ¿Quieres "
                "que te avisemos en cuanto entre?",
            ),
        ),
        weight=4,
        end="pending",
        priority=0,
    ),
    Story(
        PRODUCT,
        "Garantía",
        "{product} cruje al sentarse|La puerta del armario no cierra",
        (
            (
                "C",
                0,
                "Compré {product} hace ocho meses y desde hace unas semanas cruje mucho. ¿Entra en "
                "garantía?",
            ),
            (
                "A",
                100,
                "Hola, {first}: sí, la garantía es de tres años. ¿Nos mandas un vídeo corto o una "
                "foto de la parte de abajo? Suele ser un apoyo suelto.",
            ),
            ("C", 400, "Adjunto foto de los apoyos."),
            ("N", 60, "Falta el taco de goma delantero. Enviar kit B-12."),
            (
                "A",
                15,
                "Visto: falta un taco de goma. Te llega el kit mañana, se pone sin tornillos.",
            ),
        ),
        weight=4,
        end="pending",
        type="incident",
        tags=("garantía", "repuesto"),
        picture="leg",
    ),
    Story(
        PRODUCT,
        "Cuidado",
        "¿Cómo se limpia la tapicería?|Mancha en {product}",
        (
            ("C", 0, "Se me ha caído café en {product}. ¿Cómo lo limpio sin estropearlo?"),
            (
                "A",
                85,
                "Hola, {first}: agua tibia y jabón neutro, sin frotar, y secar con un paño "
                "blanco. La funda del asiento se puede lavar a 30 °C.",
            ),
        ),
        weight=3,
        priority=0,
    ),
    Story(
        PRODUCT,
        "Cuenta",
        "No recibo el correo para cambiar la contraseña",
        (
            ("C", 0, "Pido cambiar la contraseña y no llega nada. He mirado en spam y tampoco."),
            (
                "A",
                30,
                "Hola, {first}: tu cuenta está con otra dirección parecida, con un punto. La hemos "
                "corregido; prueba otra vez, por favor.",
            ),
            ("C", 20, "Ahora sí. Gracias."),
        ),
        weight=3,
        type="incident",
    ),
    Story(
        PRODUCT,
        "Empresas",
        "Presupuesto para un hotel|Mobiliario para oficina",
        (
            (
                "C",
                0,
                "Buenos días, llevamos un hotel pequeño en {city} y queremos amueblar doce "
                "habitaciones. ¿Tenéis precios para empresas y plazos de entrega?",
            ),
            (
                "A",
                180,
                "Buenos días, {first}:\n\nSí: a partir de diez unidades hay un 12 % de descuento y "
                "entrega en un solo día. Preparo presupuesto con {product} y dos alternativas y lo "
                "tienes mañana.",
            ),
            ("C", 500, "Perfecto. ¿Incluye montaje?"),
        ),
        weight=3,
        end="open",
        type="request",
        tags=("empresas",),
    ),
    Story(
        PRODUCT,
        "Medidas",
        "Delivery to Lisbon and exact size",
        (
            (
                "C",
                0,
                "Hello, do you deliver to Lisbon? And what is the exact width of {product}? The "
                "page says 160 but the drawing says 158.",
            ),
            (
                "A",
                110,
                "Hello {first},\n\nYes, we deliver to all of Portugal in five to seven days. The "
                "table top is 160 cm wide; the drawing shows the frame without edges.",
            ),
            ("C", 300, "That clears it up, thank you!"),
        ),
        weight=3,
        language="en",
    ),
    Story(
        BILLING,
        "Factura",
        "VAT invoice for order {order}",
        (
            (
                "C",
                0,
                "Hi, could you send me a VAT invoice for order {order}? My company needs it with "
                "our Portuguese tax number.",
            ),
            (
                "A",
                130,
                "Hi {first},\n\nThe invoice is on its way to this address. If you add the tax "
                "number to your account, future invoices carry it by themselves.",
            ),
        ),
        weight=2,
        language="en",
        tags=("factura",),
    ),
    Story(
        SHIPPING,
        "Retraso",
        "Broken tracking link",
        (
            ("C", 0, "The tracking link for order {order} shows an error since Monday."),
            (
                "A",
                40,
                "Hello {first}, the carrier changed its page. Here is the new link; your parcel is "
                "in {city} and arrives tomorrow.",
            ),
        ),
        weight=2,
        language="en",
        end="resolved",
        tags=("transporte",),
    ),
)
