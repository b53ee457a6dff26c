namespace Droptune.Core.Hub;

/// <summary>What the hub says of a model at a commit.</summary>
/// <param name="Name">With the commit.</param>
/// <param name="Files">The names of all its files.</param>
public sealed record HubModel(HubName Name, IReadOnlyList<string> Files)
{
    /// <summary>Reads the hub's answer to the question for a model.</summary>
    /// <exception cref="HubException">It is no such answer, or one to another question.</exception>
    internal static HubModel Read(byte[] json, HubName asked)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.TryGetProperty("id", out var id) && id.GetString() is { } other && other != asked.Id)
            {
                throw new HubException(HubName.Parse(other) is { Revision: null }
                    ? $"'{asked.Id}' is called '{other}' on the hub: name it so."
                    : $"The hub gives another model than '{asked.Id}', which was asked for.");
            }

            if (root.GetProperty("sha").GetString() is not { } commit || !HubName.IsCommit(commit) || (asked.IsPinned && commit != asked.Revision))
            {
                throw new HubException($"The hub names no commit of '{asked}' that could be fetched.");
            }

            return new(asked.At(commit), [.. root.GetProperty("siblings").EnumerateArray().Select(file => file.GetProperty("rfilename").GetString()!)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new HubException($"The hub's answer on '{asked}' is no description of a model.", e);
        }
    }
}
