"""The world outside: charging networks, bay sensors, the demo town. They come in through the doors, as clients."""
