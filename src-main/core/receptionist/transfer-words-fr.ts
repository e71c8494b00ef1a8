import type { TransferWords } from './announces-transfer.ts';

const colleague = `(?:quelqu'un|(?:(?:un|une|mon|ma|notre|le|la|l'un de (?:mes|nos)|l'une de (?:mes|nos)|un de (?:mes|nos)|une de (?:mes|nos)) |l')(?:[\\w-]+ )?(?:personne|humain|collegues?|conseill(?:er|ere)s?|technicien(?:ne)?s?|plombiers?|responsable|gerante?|patronn?e?|direct(?:eur|rice)|proprietaire|agente?s?|specialistes?|service|equipe|standard)|(?:monsieur|madame|m|mme) [\\w-]+)\\b`;
const now = '(?:(?:tout de suite|maintenant|donc|alors|directement|immediatement) )*';
/** "Je vous transfère", but not "je vous transfère le document". */
const noThing =
  "(?! (?:le|la|les|un|une|des|ce|cette|ces|mon|ma|mes|notre|nos|votre|vos|ca|cela|tout)\\b| l')";

const me = '(?:je|nous|on) ';
/** Present tense, then the infinitive after "vais" or "peux". */
const present = `(?:${[
  `vous (?:transfere|transferons|redirige|redirigeons|bascule|basculons)\\b${noThing}`,
  `vous (?:mets|mettons|met) ${now}en (?:relation|communication|contact|ligne)\\b`,
  `vous (?:passe|passons) ${now}${colleague}`,
  `vous (?:connecte|connectons) ${now}(?:a|avec|au)\\b`,
  '(?:transfere|transferons) (?:votre|cet|l) ?appel\\b',
].join('|')})`;
const infinitive = `(?:${[
  `vous (?:transferer|rediriger|basculer)\\b${noThing}`,
  `vous mettre ${now}en (?:relation|communication|contact|ligne)\\b`,
  `vous passer ${now}${colleague}`,
  `vous connecter ${now}(?:a|avec|au)\\b`,
  'transferer (?:votre|cet) appel\\b',
].join('|')})`;

export const french: TransferWords = {
  announcements: [
    `\\b${me}${now}${present}`,
    `\\b(?:je vais|nous allons|on va|laissez-moi|permettez-moi de) ${now}${infinitive}`,
    `\\bje suis en train de ${infinitive}`,
    '\\bvous (?:etes|allez etre|serez) (?:maintenant )?(?:transferee?|redirigee?|mise? en (?:relation|communication))\\b',
    '\\bvotre appel (?:est|va etre|sera) (?:en cours de transfert|transfere|redirige)\\b',
  ].map((pattern) => new RegExp(pattern)),
  bareAnnouncements: [],
  offers: [new RegExp(`\\b(?:je peux|nous pouvons|on peut) ${now}${infinitive}`)],
  hold: /\b(?:un (?:petit )?(?:instant|moment)|une (?:petite )?(?:seconde|minute)|ne quittez pas|restez en ligne|patientez)\b/,
  takenBack: [
    /\b(?:ne|n')(?! ?(?:quittez|raccrochez|bougez) pas\b)\b/,
    /\bs(?:i|'il)\b(?! vous plait)/,
    /\b(?:voulez|souhaitez|desirez|preferez|aimeriez|voudriez|pourrais|pourrait|des que|lorsque|quand|une fois|avant|apres|au lieu)\b/,
    /\b(?:demain|plus tard|ce soir|cet apres-midi|(?:la semaine|le mois) prochaine?|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\b/,
    /\ba \w+ ?h(?:eures?)?\b/,
    /\bpar (?:e-?mail|mail|courriel|courrier|sms|texto|message)\b/,
    /\b(?:vers|sur|a|au) (?:(?:notre|votre|le|la|un|une) )?(?:site|page|portail|application|formulaire|lien|boite)\b/,
  ],
  asides: [/^(?:comme|puisque) [^,]*, /, /\b(?:qui|afin|pour|parce|puisque|car|au sujet|concernant)\b.*$/],
};
