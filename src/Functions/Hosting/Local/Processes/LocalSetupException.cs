namespace Droptune.Functions.Hosting.Local.Processes;

/// <summary>Something on this machine stands in the way of a local run; the message is one line that says what to do.</summary>
internal sealed class LocalSetupException(string message, Exception? inner = null) : Exception(message, inner);
