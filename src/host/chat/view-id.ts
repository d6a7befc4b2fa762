/** The chat in the side bar. */
export const viewId = 'codexLanes.chat';

/** The chats in tabs. */
export const tabType = 'codexLanes.chatTab';
