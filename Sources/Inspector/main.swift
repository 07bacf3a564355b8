print("dailies-inspector")
