"""English sentences that tickets are made of. Names in %(…)s are filled in by `words`."""

SUBJECTS = (
    "Order %(order)s has not arrived",
    "Where is my parcel?",
    "Charged twice",
    "VAT invoice for order %(order)s",
    "Refund for %(product)s",
    "%(product)s arrived damaged",
    "Change of delivery address",
    "I can't sign in",
    "A part is missing",
    "Warranty of %(product)s",
    "Return of %(product)s",
    "Delivery to %(city)s",
    "Quote for an office",
    "Discount code does not work",
    "Exact size of %(product)s",
    "Cancel order %(order)s",
    "Complaint %(ref)s",
    "Payment declined",
    "When is it back in stock?",
    "Broken tracking link",
    "Spare parts",
    "Third time that I write",
    "Checkout error",
)
OPENINGS = (
    "I ordered %(product)s two weeks ago and the tracking page shows nothing.",
    "My card was charged twice, %(amount)s each, for order %(order)s.",
    "Could you send me a VAT invoice for order %(order)s?",
    "The parcel %(ref)s was left open and wet in front of the door.",
    "%(product)s arrived today with a broken leg.",
    "I would like to return %(product)s, it has not been assembled.",
    "The password mail never arrives, I have looked in the spam folder too.",
    "Do you deliver to %(city)s, and how long does it take?",
    "The bag of screws is missing, so I can't finish %(product)s.",
    "Payment stops with an error at the last step.",
    "We are furnishing a small office in %(city)s and need a quote.",
    "I sent %(product)s back ten days ago and have not been refunded.",
)
DETAILS = (
    "The box had no marks on the outside.",
    "Please find two photos attached.",
    "I have written before without any answer.",
    "I will be away from %(day)s on.",
    "The tracking number is %(ref)s.",
    "The order number is %(order)s.",
    "I paid by credit card.",
    "The colour is not what the page shows.",
    "My address is %(street)s.",
    "The shop in %(city)s told me to write here.",
    "I have tried another browser as well.",
    "I do not want a voucher.",
    "The drawer at the bottom does not close properly.",
    "The person on the phone was very kind, I must say.",
    "It is a present for my sister.",
    "The delivery note says two boxes, but there is only one.",
    "Your page says that the warranty is three years.",
    "I still have the original packaging.",
)
ASKS = (
    "Could you look into it, please?",
    "When will it arrive?",
    "What should I do?",
    "Can it still be changed?",
    "I need this before %(day)s.",
    "Please let me know.",
)
HELLOS = ("Hello,", "Hi,", "Dear Sir or Madam,", "Good morning,", "")
GOODBYES = ("Best regards,\n%(name)s", "Thank you,\n%(first)s", "Thanks in advance.", "")
ANSWERS = (
    "Your parcel is in %(city)s and will be delivered on %(day)s between 9 and 14.",
    "We have refunded %(amount)s to the same card; the bank takes one to three days.",
    "The invoice is attached. The earlier one is void.",
    "We are sorry about that. A new part leaves today, free of charge.",
    "We collect it at your place on %(day)s; there is no need to take it apart.",
    "The carrier has been asked about %(ref)s and we expect an answer by tomorrow.",
    "You can sign in now: the account had another address.",
    "Yes, the warranty covers it. Could you send a photo of the underside?",
    "The supplier promises the second half of next month.",
)
MORE_ANSWERS = (
    "We are sorry for the trouble.",
    "If another day suits you better, just tell us.",
    "You can follow it with the number %(ref)s.",
    "Thank you for the photos.",
    "The refund leaves as soon as we have it here.",
    "We are here if there is anything else.",
)
FOLLOW_UPS = (
    "It still has not arrived. Is there any news?",
    "Here is the photo that you asked for.",
    "Wednesday afternoon is fine.",
    "Yes, the address is the same: %(street)s.",
    "I have tried that and nothing changes.",
    "In that case I would rather return it.",
    "The bank knows nothing of %(amount)s.",
    "The carrier gives me another number: %(ref)s.",
)
THANKS = (
    "It arrived this morning, thank you.",
    "That clears it up, thanks!",
    "Perfect.",
    "Got it, thank you for the quick help.",
)
NOTES = (
    "Confirmed in the payment gateway: duplicated by a retry.",
    "Spoke to the carrier, reference %(ref)s: delivery first thing in the morning.",
    "Waiting for the supplier.",
    "There is another ticket about order %(order)s.",
)
ACKNOWLEDGED = (
    'Hello,\n\nWe have received request %(number)s: "%(subject)s".\n'
    "The answer will come as soon as possible.\n\n"
    "To add something, simply reply to this e-mail.\n\nCasa Olmo"
)
ACKNOWLEDGED_AS = "We have received request %(number)s"
ANSWER_HELLO, ANSWER_GOODBYE = "Hello %(first)s,", "Best regards,\n%(agent)s"
THINGS = (
    "the table",
    "the sofa",
    "the lamp",
    "the shelf",
    "the wardrobe",
    "the desk",
    "the armchair",
    "the sideboard",
    "the bed",
    "the chair",
    "the mirror",
    "the rug",
    "the mattress",
    "the stool",
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
