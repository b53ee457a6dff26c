using System.Text.RegularExpressions;

namespace Droptune.Core.Hub;

/// <summary>A model of the hub as users name it, <c>org/name</c> or <c>org/name@revision</c>; where the revision is a commit, it is pinned.</summary>
/// <param name="Id">Organisation and name.</param>
/// <param name="Revision">A branch, a tag or a commit; null = none is named.</param>
public sealed partial record HubName(string Id, string? Revision = null)
{
    private const string Separator = "--"; // which no name on the hub has

    /// <summary>Whether it names the same bytes for ever.</summary>
    public bool IsPinned => Revision is not null && Commit().IsMatch(Revision);

    /// <summary>Where a pinned model lies in <c>base-models</c>.</summary>
    public string Folder => IsPinned ? Folders + Revision : throw new InvalidOperationException($"'{this}' names no commit");

    /// <summary>What the names of the folders of all its copies begin with.</summary>
    public string Folders => $"{Id.Replace("/", Separator, StringComparison.Ordinal)}@";

    /// <summary>Null where the text is no name of the hub's.</summary>
    public static HubName? Parse(string text) =>
        Form().Match(text) is { Success: true, Groups: [_, var id, var revision] }
        && !id.Value.Contains(Separator, StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal)
            ? new(id.Value, revision.Success ? revision.Value : null)
            : null;

    /// <summary>The model that a folder of <c>base-models</c> is a copy of; null where it is none.</summary>
    public static HubName? OfFolder(string folder) =>
        folder.Split(Separator) is [var organisation, var rest] && Parse($"{organisation}/{rest}") is { IsPinned: true } name ? name : null;

    /// <summary>The model at another revision.</summary>
    public HubName At(string revision) => this with { Revision = revision };

    public static bool IsCommit(string text) => Commit().IsMatch(text);

    public override string ToString() => Revision is null ? Id : $"{Id}@{Revision}";

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9_][A-Za-z0-9._-]{0,95})(?:@([A-Za-z0-9](?:[A-Za-z0-9._/-]{0,199}[A-Za-z0-9._-])?))?\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}
