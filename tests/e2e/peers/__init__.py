"""The real programs the gateway is tested against, and the raw ones we wrote for what no real program does.

Nothing here knows pytest: the demonstration of ./quickstart uses the same classes.
"""
