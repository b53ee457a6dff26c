namespace Droptune.Functions.Hosting.Local.Demo;

/// <summary>A step of the demo did not hold; the message says which and why.</summary>
internal sealed class DemoFailedException(string message) : Exception(message);
