namespace Droptune.Core.Jobs;

/// <summary>What stands in a poison queue: the message as it came (text, or Base64 of what is none), and why it was given up.</summary>
public sealed record PoisonMessage(string Reason, string Message);
