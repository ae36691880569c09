/**
 * The prompts this product speaks, with their words. Names are those of the Asterisk core sounds where those have the prompt; ours are
 * the refusals and what else they lack. `server/prompts/make.ts` speaks these texts; the admin page shows them.
 */

export type PromptText = readonly [en: string, es: string];

/** Said in our own words first, also where core sounds are installed: theirs speak of another product, or do not exist. */
export const ownWords: Readonly<Record<string, PromptText>> = {
  'refusal-no-rate': [
    'There is no price for this number. Ask the operator to add it.',
    'No hay precio para este número. Pida al operador que lo añada.',
  ],
  'refusal-no-credit': [
    'Your balance is too low for this destination. Add credit and call again.',
    'Su saldo es demasiado bajo para este destino. Añada saldo y llame otra vez.',
  ],
  'refusal-daily-cap': [
    'You have spent what your account allows in one day. Try again tomorrow.',
    'Ha gastado lo que su cuenta permite en un día. Inténtelo mañana.',
  ],
  'refusal-clock-not-set': [
    'The clock of the telephone company is not set, so no call can be charged. Tell the operator.',
    'El reloj de la compañía telefónica no está ajustado y no se puede cobrar ninguna llamada. Avise al operador.',
  ],
  'refusal-not-permitted': [
    'International calls are not permitted from this number. Ask the operator to allow them.',
    'Las llamadas internacionales no están permitidas desde este número. Pida al operador que las permita.',
  ],
  'refusal-new-account': [
    'New accounts may call abroad once the operator allows it.',
    'Las cuentas nuevas pueden llamar al extranjero cuando el operador lo permita.',
  ],
  'refusal-too-many-calls': [
    'You have too many calls at once. End another call first.',
    'Tiene demasiadas llamadas a la vez. Termine otra llamada primero.',
  ],
  'refusal-destination-blocked': ['Calls to this number are not offered.', 'No se ofrecen llamadas a este número.'],
  'refusal-unknown-number': [
    'There is no such number. Check the number and dial again.',
    'Este número no existe. Compruebe el número y marque otra vez.',
  ],
  'refusal-not-registered': [
    'The phone of this subscriber is switched off. Try again later.',
    'El teléfono de este abonado está apagado. Inténtelo más tarde.',
  ],
  'refusal-do-not-disturb': [
    'This subscriber does not want to be disturbed. Try again later.',
    'Este abonado no quiere ser molestado. Inténtelo más tarde.',
  ],
  'refusal-suspended': ['This account is suspended. Ask the operator.', 'Esta cuenta está suspendida. Consulte al operador.'],
  'refusal-no-gateway': ['No gateway serves this number. Tell the operator.', 'Ninguna pasarela atiende este número. Avise al operador.'],
  'refusal-gateways-busy': ['All lines are busy. Try again in a minute.', 'Todas las líneas están ocupadas. Inténtelo en un minuto.'],
  'refusal-gateways-failed': [
    'The telephone network could not be reached. Try again in a minute.',
    'No se pudo acceder a la red telefónica. Inténtelo en un minuto.',
  ],
  'refusal-foreign-domain': ['Calls to other domains are not offered.', 'No se ofrecen llamadas a otros dominios.'],
  'refusal-no-answer': ['Nobody answered. Try again later.', 'Nadie contestó. Inténtelo más tarde.'],
  'refusal-busy': ['The person you are calling is busy. Try again later.', 'La persona a la que llama está ocupada. Inténtelo más tarde.'],
  'minutes-left-one': ['You have one minute left.', 'Le queda un minuto.'],
  'minutes-left-before': ['You have', 'Le quedan'],
  'minutes-left-after': ['minutes left.', 'minutos.'],
  'your-number-is': ['Your number is', 'Su número es'],
  'your-balance-is': ['Your balance is', 'Su saldo es'],
  'conf-room-unknown': ['There is no such conference room.', 'Esa sala de conferencia no existe.'],
  'prompt-record-which': [
    'Enter the number of the prompt you want to record, then press the pound key.',
    'Marque el número del mensaje que quiere grabar y pulse la tecla numeral.',
  ],
  'prompt-record-now': ['Speak after the tone, then press the pound key.', 'Hable después del tono y pulse la tecla numeral.'],
  'prompt-record-keep': [
    'Press 1 to keep this recording, 2 to hear it, 3 to record it again, or star to leave everything as it was.',
    'Pulse 1 para conservar esta grabación, 2 para escucharla, 3 para grabarla otra vez, o asterisco para dejar todo como estaba.',
  ],
  'prompt-record-kept': ['The recording is in use from now on.', 'La grabación se usa desde ahora.'],
  'prompt-record-unchanged': ['Nothing was changed.', 'No se cambió nada.'],
  'prompt-record-full': ['There is no room for recordings. Tell the operator.', 'No queda sitio para grabaciones. Avise al operador.'],
  'prompt-record-denied': ['You may not record prompts.', 'Usted no puede grabar mensajes.'],
  'demo-congrats': [
    'Congratulations. You have reached Dialtone, your own telephone company. Your phone is registered, and the sound reaches you. Enjoy your calls.',
    'Enhorabuena. Ha llamado a Dialtone, su propia compañía telefónica. Su teléfono está registrado y el sonido le llega. Disfrute de sus llamadas.',
  ],
  'mailbox-keys': [
    'Press 0 for greetings and PIN, or the pound key to leave.',
    'Pulse 0 para saludos y PIN, o la tecla numeral para salir.',
  ],
  'vm-login': [
    'Voicemail. Please enter your number, then press the pound key.',
    'Buzón de voz. Marque su número y pulse la tecla numeral.',
  ],
  minute: ['minute', 'minuto'],
  second: ['second', 'segundo'],
  hour: ['hour', 'hora'],
  hours: ['hours', 'horas'],
  'money-dollar': ['dollar', 'dólar'],
  'money-dollars': ['dollars', 'dólares'],
  'money-euro': ['euro', 'euro'],
  'money-euros': ['euros', 'euros'],
  'money-pound': ['pound', 'libra'],
  'money-pounds': ['pounds', 'libras'],
  'money-peso': ['peso', 'peso'],
  'money-pesos': ['pesos', 'pesos'],
  'money-unit': ['unit', 'unidad'],
  'money-units': ['units', 'unidades'],
  'money-cent': ['cent', 'céntimo'],
  'money-cents': ['cents', 'céntimos'],
};

/** Of the core sounds: these are for machines where none are installed. */
export const coreWords: Readonly<Record<string, PromptText>> = {
  'vm-intro': [
    'Please leave your message after the tone. When done, hang up or press the pound key.',
    'Por favor, deje su mensaje después del tono. Al terminar, cuelgue o pulse la tecla numeral.',
  ],
  'vm-theperson': ['The person at extension', 'La persona de la extensión'],
  'vm-isonphone': ['is on the phone', 'está al teléfono'],
  'vm-isunavail': ['is unavailable', 'no está disponible'],
  'vm-mailboxfull': [
    "Sorry, but the user's mailbox can't accept more messages.",
    'Lo sentimos, el buzón de este usuario no puede recibir más mensajes.',
  ],
  'vm-goodbye': ['Goodbye.', 'Adiós.'],
  'vm-review': [
    'Press 1 to accept this recording. Press 2 to listen to it. Press 3 to record your message again.',
    'Pulse 1 para aceptar esta grabación. Pulse 2 para escucharla. Pulse 3 para grabar su mensaje otra vez.',
  ],
  'vm-msgsaved': ['Your message has been saved.', 'Su mensaje ha sido guardado.'],
  'vm-tooshort': ['Your message is too short.', 'Su mensaje es demasiado corto.'],
  'vm-youhave': ['You have', 'Usted tiene'],
  'vm-no': ['no', 'ningún'],
  'vm-INBOX': ['new', 'nuevo'],
  'vm-INBOXs': ['new', 'nuevos'],
  'vm-Old': ['old', 'viejo'],
  'vm-Olds': ['old', 'viejos'],
  'vm-message': ['message', 'mensaje'],
  'vm-messages': ['messages', 'mensajes'],
  'vm-and': ['and', 'y'],
  'vm-onefor': ['Press 1 for', 'Pulse 1 para'],
  'vm-first': ['first', 'primer'],
  'vm-last': ['last', 'último'],
  'vm-nomore': ['No more messages.', 'No hay más mensajes.'],
  'vm-prev': ['Press 4 for the previous message.', 'Pulse 4 para el mensaje anterior.'],
  'vm-repeat': ['Press 5 to repeat the current message.', 'Pulse 5 para repetir este mensaje.'],
  'vm-next': ['Press 6 to play the next message.', 'Pulse 6 para oír el mensaje siguiente.'],
  'vm-delete': ['Press 7 to delete this message.', 'Pulse 7 para borrar este mensaje.'],
  'vm-undelete': ['Press 7 to undelete this message.', 'Pulse 7 para recuperar este mensaje.'],
  'vm-deleted': ['Message deleted.', 'Mensaje borrado.'],
  'vm-undeleted': ['Message undeleted.', 'Mensaje recuperado.'],
  'vm-savemessage': ['Or 9 to save this message.', 'O 9 para guardar este mensaje.'],
  'vm-saved': ['saved', 'guardado'],
  'vm-advopts': ['Press 3 for advanced options.', 'Pulse 3 para opciones avanzadas.'],
  'vm-tocallback': ['Press 2 to call the person who sent this message.', 'Pulse 2 para llamar a quien dejó este mensaje.'],
  'vm-tohearenv': ['Press 3 to hear the message envelope.', 'Pulse 3 para oír los datos del mensaje.'],
  'vm-star-cancel': ['Press star to cancel.', 'Pulse asterisco para cancelar.'],
  'vm-helpexit': ['Press star for help or pound to exit.', 'Pulse asterisco para ayuda o numeral para salir.'],
  'vm-press': ['Press', 'Pulse'],
  'vm-for': ['for', 'para'],
  'vm-tempgreeting': [
    'Press 1 to record your temporary greeting, or star to return.',
    'Pulse 1 para grabar su saludo temporal, o asterisco para volver.',
  ],
  'vm-tempgreeting2': [
    'There is a temporary greeting. Press 1 to record a new one, 2 to erase it, or star to return.',
    'Hay un saludo temporal. Pulse 1 para grabar otro, 2 para borrarlo, o asterisco para volver.',
  ],
  'vm-options': [
    'Press 1 to record your unavailable message. Press 2 to record your busy message. Press 3 to record your name. Press 4 to record your temporary greeting. Press 5 to change your password. Press star to return to the main menu.',
    'Pulse 1 para grabar su mensaje de no disponible. Pulse 2 para grabar su mensaje de ocupado. Pulse 3 para grabar su nombre. Pulse 4 para grabar su saludo temporal. Pulse 5 para cambiar su clave. Pulse asterisco para volver al menú principal.',
  ],
  'vm-password': ['Password.', 'Clave.'],
  'vm-incorrect': ['Login incorrect.', 'Acceso incorrecto.'],
  'vm-newpassword': ['Please enter your new password, followed by the pound key.', 'Marque su nueva clave y pulse la tecla numeral.'],
  'vm-reenterpassword': ['Please re-enter your password, followed by the pound key.', 'Marque otra vez su clave y pulse la tecla numeral.'],
  'vm-passchanged': ['Your password has been changed.', 'Su clave ha sido cambiada.'],
  'vm-mismatch': [
    'The passwords you entered and re-entered did not match. Please try again.',
    'Las claves que marcó no coinciden. Inténtelo otra vez.',
  ],
  'vm-invalid-password': [
    'That password does not meet the minimum requirements for this mailbox. Please try again.',
    'Esa clave no cumple los requisitos de este buzón. Inténtelo otra vez.',
  ],
  'vm-pls-try-again': ['Please try again.', 'Inténtelo otra vez.'],
  'vm-rec-unv': [
    'After the tone, say your unavailable message, and then press the pound key.',
    'Después del tono, diga su mensaje de no disponible y pulse la tecla numeral.',
  ],
  'vm-rec-busy': [
    'After the tone, say your busy message, and then press the pound key.',
    'Después del tono, diga su mensaje de ocupado y pulse la tecla numeral.',
  ],
  'vm-rec-name': [
    'After the tone, say your name, and then press the pound key.',
    'Después del tono, diga su nombre y pulse la tecla numeral.',
  ],
  'vm-rec-temp': [
    'After the tone, say your temporary message, and then press the pound key.',
    'Después del tono, diga su mensaje temporal y pulse la tecla numeral.',
  ],
  'vm-tempremoved': ['Your temporary greeting has been removed.', 'Su saludo temporal ha sido eliminado.'],
  'vm-received': ['received', 'recibido'],
  'vm-from-phonenumber': ['message from phone number', 'mensaje del número de teléfono'],
  'vm-unknown-caller': ['from an unknown caller', 'de una persona desconocida'],
  'conf-getconfno': [
    'Please enter your conference number, followed by the pound key.',
    'Marque su número de conferencia y pulse la tecla numeral.',
  ],
  'conf-getpin': ['Please enter the conference pin number.', 'Marque la clave de la conferencia.'],
  'conf-invalid': [
    'That is not a valid conference number. Please try again.',
    'Ese número de conferencia no es válido. Inténtelo otra vez.',
  ],
  'conf-invalidpin': ['That pin is invalid for this conference.', 'Esa clave no es válida para esta conferencia.'],
  'conf-onlyperson': ['You are currently the only person in this conference.', 'Ahora usted es la única persona en esta conferencia.'],
  'conf-locked': ['This conference is locked.', 'Esta conferencia está cerrada.'],
  'conf-lockednow': ['The conference is now locked.', 'La conferencia está ahora cerrada.'],
  'conf-unlockednow': ['The conference is now unlocked.', 'La conferencia está ahora abierta.'],
  'conf-muted': ['You are now muted.', 'Su voz está ahora silenciada.'],
  'conf-unmuted': ['You are now unmuted.', 'Su voz se oye ahora.'],
  'conf-hasjoin': ['is now in the conference.', 'está ahora en la conferencia.'],
  'conf-hasleft': ['has left the conference.', 'ha salido de la conferencia.'],
  'conf-full': ['That conference is full.', 'Esa conferencia está llena.'],
  'conf-kicked': ['You have been removed from this conference.', 'Le han sacado de esta conferencia.'],
  'conf-thereare': ['There are currently', 'Ahora hay'],
  'conf-otherinparty': ['other participants in the conference.', 'otros participantes en la conferencia.'],
  'demo-echotest': [
    'You are about to enter an echo test. Everything you say will be repeated back to you just as soon as it is received. You may end the test by hanging up or by pressing the pound key.',
    'Va a entrar en una prueba de eco. Todo lo que diga le será repetido en cuanto se reciba. Puede terminar la prueba colgando o pulsando la tecla numeral.',
  ],
  'demo-echodone': ['The echo test has been completed.', 'La prueba de eco ha terminado.'],
  invalid: ['I am sorry, that is not valid.', 'Lo siento, eso no es válido.'],
  minutes: ['minutes', 'minutos'],
  seconds: ['seconds', 'segundos'],
};

const numbersEn =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty';
const tensEn = 'thirty forty fifty sixty seventy eighty ninety';
const numbersEs =
  'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve';
const tensEs = 'treinta cuarenta cincuenta sesenta setenta ochenta noventa';
const hundredsEs = 'doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos';
const ordinals =
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth';
const days: PromptText = [
  'Sunday Monday Tuesday Wednesday Thursday Friday Saturday',
  'domingo lunes martes miércoles jueves viernes sábado',
];
const months: PromptText = [
  'January February March April May June July August September October November December',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
];

const named = (words: string, name: (n: number) => string): [string, string][] => words.split(' ').map((word, n) => [name(n), word]);
const tens = (words: string): [string, string][] => named(words, (n) => `digits/${30 + 10 * n}`);
const week = (language: 0 | 1): [string, string][] => [
  ...named(days[language], (n) => `digits/day-${n}`),
  ...named(months[language], (n) => `digits/mon-${n}`),
];

/** Numbers, days, months and letters of English: the pieces of what PromptBook puts together. */
const piecesEn: Readonly<Record<string, string>> = {
  ...Object.fromEntries([
    ...named(numbersEn, (n) => `digits/${n}`),
    ...tens(tensEn),
    ...named(ordinals, (n) => `digits/h-${n + 1}`),
    ...week(0),
    ...named('a b c d e f g h i j k l m n o p q r s t u v w x y z', (n) => `letters/${String.fromCharCode(97 + n)}`),
  ]),
  'digits/h-30': 'thirtieth',
  'digits/hundred': 'hundred',
  'digits/thousand': 'thousand',
  'digits/million': 'million',
  'digits/billion': 'billion',
  'digits/minus': 'minus',
  'digits/star': 'star',
  'digits/pound': 'pound',
  'digits/oh': 'oh',
  'digits/oclock': "o'clock",
  'digits/at': 'at',
  'digits/a-m': 'A M',
  'digits/p-m': 'P M',
  'digits/today': 'today',
  'digits/yesterday': 'yesterday',
  'letters/plus': 'plus',
  'letters/dot': 'dot',
  'letters/at': 'at',
  'letters/dash': 'dash',
};

const piecesEs: Readonly<Record<string, string>> = {
  ...Object.fromEntries([
    ...named(numbersEs, (n) => `digits/${n}`),
    ...tens(tensEs),
    ...named(hundredsEs, (n) => `digits/${200 + 100 * n}`),
    ...week(1),
  ]),
  'digits/1M': 'un',
  'digits/and': 'y',
  'digits/hundred': 'cien',
  'digits/100-and': 'ciento',
  'digits/thousand': 'mil',
  'digits/million': 'millón',
  'digits/millions': 'millones',
  'digits/minus': 'menos',
  'digits/star': 'asterisco',
  'digits/pound': 'numeral',
  'digits/es-de': 'de',
  'digits/at': 'a las',
  'digits/today': 'hoy',
  'digits/yesterday': 'ayer',
};

/** Name -> words, of one language. */
export function textsOf(language: 'en' | 'es'): Map<string, string> {
  const at = language === 'en' ? 0 : 1;
  const sentences = Object.entries({ ...ownWords, ...coreWords }).map(([name, texts]): [string, string] => [name, texts[at]]);
  return new Map([...sentences, ...Object.entries(language === 'en' ? piecesEn : piecesEs)]);
}

/** The prompts an operator may want to replace: whole sentences, the beep, and the music on hold. */
export const replaceableNames: readonly string[] = [
  ...Object.keys({ ...ownWords, ...coreWords }).filter((name) => !name.startsWith('money-')),
  'beep',
  'music',
];
