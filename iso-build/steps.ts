// How the image is made, in order. Each step is one file and runs again only when something it reads has changed.
import type { Step } from './lib/step.ts';
import { base } from './steps/base.ts';
import { iso } from './steps/iso.ts';
import { papers } from './steps/papers.ts';
import { product } from './steps/product.ts';
import { root } from './steps/root.ts';
import { squashfs } from './steps/squashfs.ts';
import { toolbox } from './steps/toolbox.ts';
import { tools } from './steps/tools.ts';

export const steps: Step[] = [
  tools, // what this machine must bring
  toolbox, // Debian's programs that pack images, of the same release as the image
  base, // Debian 13 with our list of packages
  product, // /opt/dialtone: server, pages, host agent, Node, npm packages
  root, // all of it as one tree, with users and what starts by itself
  squashfs, // the tree, packed and read-only
  iso, // the disc: boot loaders for BIOS, UEFI and Secure Boot
  papers, // sums, signatures, bill of materials
];
