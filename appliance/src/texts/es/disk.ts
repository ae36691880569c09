import type { disk as en } from '../en/disk.ts';

export const disk: Record<keyof typeof en, string> = {
  'disk.title': 'Disco de datos',
  'disk.use': 'Usar {{device}} ({{model}} {{serial}}), hecho {{made}}, usado {{used}}',
  'disk.neverUsed': 'no se sabe',
  'disk.state': 'Estado: {{state}}',
  'disk.state.looking': 'buscando',
  'disk.state.ready': 'en uso',
  'disk.state.missing': 'no encontrado',
  'disk.state.duplicate': 'más de uno',
  'disk.state.damaged': 'dañado',
  'disk.state.demo': 'demo',
  'disk.repairEntry': 'Reparar el disco: lo que no se pueda salvar se pierde',
  'disk.lookAgain': 'Buscar otra vez',
  'disk.newEntry': 'Sistema nuevo: elegir un disco para los datos',
  'disk.demoEntry': 'Probar sin disco (demo: un corte de luz lo borra todo)',
  'disk.repair': 'Reparar el disco',
  'disk.repairText':
    'El sistema de archivos se arregla hasta donde se puede. Los archivos que no se puedan salvar se pierden: haga antes una copia del disco, si puede, y tenga a mano una copia de seguridad. Puede tardar una hora.\n\n¿Reparar el disco?',
  'disk.demo': 'Probar sin disco',
  'disk.demoText':
    'Todo se guarda solo en la memoria. Un corte de luz o un reinicio borra cuentas, llamadas y ajustes.\n\n¿Arrancar sin disco?',
  'disk.new': 'Sistema nuevo',
  'disk.newText':
    'En el disco que elija se hace un sistema nuevo y vacío. Para conservar una instalación que ya existe, conecte su disco y busque otra vez.',
  'disk.nothing': 'No hay ningún disco en esta máquina.',
  'disk.freeSpace': '{{device}}  espacio libre detrás de Dialtone en la memoria USB, {{size}}',
  'disk.notPossible': '(no se puede: {{why}})',
  'disk.onFreeSpace': '{{disk}}\n\n¿Hacer un sistema nuevo en el espacio libre de esta memoria USB?',
  'disk.onBlank': '{{disk}}\n\n¿Hacer un sistema nuevo en este disco vacío?',
  'disk.erase': 'Borrar el disco',
  'disk.eraseText': '{{disk}}\n\nEste disco NO está vacío. Todo lo que contiene se borra para siempre. Para hacerlo, escriba {{confirm}}.',
  'disk.eraseAgain': 'Escriba {{confirm}} o pulse Esc.',
  'disk.made': 'El disco está listo y el servidor arranca. La primera pantalla muestra la dirección y el código de instalación.',
  'disk.isDemo':
    'Dialtone funciona sin disco (demo). Un corte de luz lo borra todo.\n\nPara conservar los datos, reinicie y elija un disco.',
  'disk.facts':
    'Disco          {{disk}}\nTamaño         {{size}}\nPartición      {{partition}}\nInstalación    {{installation}}\nAl arrancar    {{check}}',
  'disk.size': '{{size}}, {{free}} libres',
  'disk.exitCode': '{{outcome}} (código {{code}})',

  'disk.check.none': 'sin comprobar',
  'disk.check.clean': 'comprobado, sin errores',
  'disk.check.repaired': 'comprobado y reparado',
  'disk.check.failed': 'la comprobación ha fallado',
  'disk.empty': 'vacío',
  'disk.unknown': 'desconocido',
  'disk.virtual': 'Disco virtual',
  'disk.unnamed': 'Disco sin nombre',

  'disk.refused.boot': 'Dialtone ha arrancado desde él',
  'disk.refused.inUse': 'está en uso',
  'disk.refused.readOnly': 'está protegido contra escritura',
  'disk.refused.small': 'es demasiado pequeño',
  'disk.refused.unreadable': 'no se puede leer',

  'busy.looking': 'buscando el disco de datos',
  'busy.checking': 'comprobando el disco de datos',
  'busy.repairing': 'reparando el disco de datos',
  'busy.preparing': 'preparando el disco',
  'busy.demo': 'arrancando sin disco',
  'busy.erasing': 'borrando',

  'story.demo': 'Demo: no hay disco de datos. Un corte de luz lo borra todo.',
  'story.missing':
    'No se encuentra el disco de datos. Conéctelo y busque otra vez, elija un disco para un sistema nuevo o pruebe Dialtone sin disco.',
  'story.duplicate': 'Más de un disco dice ser el disco de datos. Elija el bueno; hasta entonces no se arranca nada.',
  'story.damaged':
    'El disco de datos está dañado y no se ha reparado solo, porque algo de lo que contiene podría perderse. No se ha arrancado nada con él. Haga una copia si puede; después lo repara el menú de la consola, en Disco de datos.',
  'story.takenOff': 'Se ha retirado mientras Dialtone estaba en marcha.',
  'story.safeMode':
    'Modo seguro: no se ha buscado ningún disco de datos ni se ha arrancado nada. Busque otra vez para usar el disco de datos, o reinicie para salir del modo seguro.',
  'story.stranger': '{{device}} lleva la etiqueta dialtone-data, pero {{why}}.',

  'stranger.kind': 'es {{type}} y no ext4',
  'stranger.noKind': 'es de un tipo desconocido y no ext4',
  'stranger.noUuid': 'su partición no tiene UUID',
  'stranger.noMarker': 'no tiene archivo de marca',
  'stranger.markerUnreadable': 'su archivo de marca no se puede leer',
  'stranger.markerForeign': 'su archivo de marca no es de Dialtone',
  'stranger.markerElsewhere': 'su archivo de marca se escribió para otra partición',
};
