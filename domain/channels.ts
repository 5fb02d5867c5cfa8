/** The ways to reach people (渠道). */
export const CHANNELS = ['sms', 'voice', 'email', 'wecom', 'dingtalk'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Robots of a station's group (群机器人): they tell an office, and nobody in it is known to have read it. */
export const ROBOT_CHANNELS = ['wecom', 'dingtalk'] as const;
export type RobotChannel = (typeof ROBOT_CHANNELS)[number];
export const isRobot = (channel: Channel): channel is RobotChannel => ROBOT_CHANNELS.some((one) => one === channel);
