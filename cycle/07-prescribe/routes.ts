import { room } from '#door/room.ts'

export const prescribeRoutes = room()
