/**
 * The choice of light or dark, before anything is painted: vite.config.ts puts this into the head of each page, ahead of all that loads. Where the choice
 * cannot be kept (storage refused) the page follows the system.
 */
export const THEME_KEY = 'hessbound-theme';

export const THEME_SCRIPT = `try{const t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}`;
