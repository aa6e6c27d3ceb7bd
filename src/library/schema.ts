export { editorSchema } from '../scenario/editor-schema';
