import type { TransferWords } from './announces-transfer.ts';

const caller = '(?:le|lo|la|te|les|los|las)';
const now = '(?:(?:ahora|ya|enseguida|inmediatamente|directamente|mismo) )*';
/** "Le transfiero", but not "le transfiero el dinero". */
const noThing = '(?! (?:el|la(?! llamada)|los|las|un|una|su(?! llamada)|mi|eso|esto|todo)\\b)';
const withSomeone = `${now}con\\b`;
const intoContact = `${now}(?:en (?:contacto|comunicacion|linea) )?con\\b`;

const infinitive = `(?:${[
  `(?:transferir|derivar|redirigir)${caller}\\b${noThing}`,
  `(?:pasar|comunicar|conectar)${caller} ${withSomeone}`,
  `poner${caller} ${intoContact}`,
  '(?:transferir|pasar) (?:su|la) llamada\\b',
].join('|')})`;
/** The same with the pronoun before it: "le voy a pasar con …". */
const bareInfinitive = `(?:(?:transferir|derivar|redirigir)\\b${noThing}|(?:pasar|comunicar|conectar) ${withSomeone}|poner ${intoContact})`;

export const spanish: TransferWords = {
  announcements: [
    `\\b${caller} (?:transfiero|transferimos|derivo|redirijo)\\b${noThing}`,
    `\\b${caller} (?:paso|pasamos|comunico|comunicamos|conecto|conectamos) ${withSomeone}`,
    `\\b${caller} (?:pongo|ponemos) ${intoContact}`,
    '\\b(?:transfiero|paso) (?:su|la) llamada\\b',
    `\\b(?:voy a|vamos a|dejeme|permitame) ${infinitive}`,
    `\\b${caller} (?:voy|vamos) a ${bareInfinitive}`,
    `\\b${caller} (?:estoy|estamos) (?:transfiriendo\\b${noThing}|(?:pasando|comunicando|conectando) ${withSomeone})`,
    `\\b(?:transfiriendo${caller}\\b|(?:pasando|comunicando|conectando)${caller} ${withSomeone}|transfiriendo (?:su|la) llamada\\b)`,
    '\\bsu llamada (?:esta siendo|sera|va a ser) (?:transferida|derivada)\\b',
    '\\b(?:esta siendo|sera|va a ser) transferid[oa]\\b',
  ].map((pattern) => new RegExp(pattern)),
  bareAnnouncements: [],
  offers: [
    new RegExp(`\\b(?:puedo|podemos) ${infinitive}`),
    new RegExp(`\\b${caller} (?:puedo|podemos) ${bareInfinitive}`),
  ],
  hold: /\b(?:un (?:momento|momentito|segundo|minuto|instante)|no cuelgue|espere|no se retire|permanezca en (?:la )?linea)\b/,
  takenBack: [
    /\bno\b(?! (?:cuelgue|se retire|se preocupe)\b)/,
    // "si" alone can be "sí"
    /\bsi (?:usted|quiere|desea|gusta|prefiere|necesita|me|es|hay|nadie|tiene|lo (?:desea|prefiere|quiere|necesita)|le (?:parece|gustaria|gusta))\b/,
    /\b(?:quiere|desea|prefiere|gustaria|podria|cuando|en cuanto|tan pronto|antes|despues|una vez|en lugar)\b/,
    /\b(?:manana|mas tarde|luego|esta (?:tarde|noche)|la semana (?:que viene|proxima)|la proxima semana|lunes|martes|miercoles|jueves|viernes|sabado|domingo)\b/,
    /\ba las? \w+/,
    /\bpor (?:correo|e-?mail|mensaje|sms|texto|escrito)\b/,
    /\b(?:a|al|con) (?:(?:nuestr[oa]|su|el|la|un|una) )?(?:sitio|pagina|portal|aplicacion|formulario|enlace|cita|presupuesto|factura)\b/,
  ],
  asides: [/^(?:como|ya que) [^,]*, /, /\b(?:que|quien|para|porque|ya que|sobre)\b.*$/],
};
