import { room } from '#door/room.ts'

export const seeRoutes = room()
