using System.Net;
using System.Net.Http.Headers;

namespace Droptune.Core.Hub.Pushing;

/// <summary>
/// Brings files to a branch of a model's repository on the hub, as one commit, so that nobody sees half of them. The hub is asked how each is to
/// come; large ones go to its store before, small ones within the commit. What it has is not sent again: a push that was cut goes on when it is
/// called again. The calls are those of the hub's own program (https://github.com/huggingface/huggingface_hub).
/// </summary>
/// <param name="hub">The hub.</param>
/// <param name="target">The model, with a branch as its revision.</param>
public sealed class HubPush(HubClient hub, HubName target)
{
    private const string Main = "main"; // the branch that every repository has
    private const long LargestSmallFile = 32 << 20; // bytes; the hub says itself what is large, from 10 MB on

    /// <summary>Pushes files.</summary>
    /// <param name="files">With different names.</param>
    /// <param name="leaves">Names that are to be gone from the branch where they are none of the files'.</param>
    /// <param name="message">Of the commit.</param>
    /// <param name="isPrivate">Whether only its owners may see the model; one that is there must be so already.</param>
    /// <param name="progress">Is told what was sent of large files; null = nobody is.</param>
    /// <param name="cancellationToken">Ends it; what was sent stays.</param>
    /// <exception cref="HubException">The hub does not take them; the message says what to do.</exception>
    public async Task<HubPushResult> PushAsync(
        IReadOnlyList<PushedFile> files, IEnumerable<string> leaves, string message, bool isPrivate, PieceSent? progress, CancellationToken cancellationToken)
    {
        var isNew = await CreateAsync(isPrivate, cancellationToken);
        await BranchAsync(cancellationToken);
        var deleted = isNew ? [] : (await NamesAsync(cancellationToken)).Intersect(leaves).Except(files.Select(file => file.Name)).ToList();
        var changed = await ChangedAsync(files, cancellationToken);
        var (large, sent) = (new LargeFiles(hub, target, progress), new List<string>());
        foreach (var (file, _) in changed.Where(change => change.IsLarge))
        {
            if (await large.SendAsync(file, cancellationToken))
            {
                sent.Add(file.Name);
            }
        }

        var commit = changed.Count + deleted.Count > 0 ? await CommitAsync(changed, deleted, message, cancellationToken) : null;
        return new(isNew, [.. changed.Select(change => change.File.Name)], sent, deleted, commit);
    }

    /// <summary>Makes the repository; false where it is there.</summary>
    private async Task<bool> CreateAsync(bool isPrivate, CancellationToken cancellationToken)
    {
        var (organization, name) = (target.Id.Split('/')[0], target.Id.Split('/')[1]);
        using var answer = await PostAsync("api/repos/create", new { type = "model", name, organization, @private = isPrivate }, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return true;
        }

        // A token for one repository may not make any, and write to that one all the same.
        if (answer.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.Forbidden) || await IsPrivateAsync(cancellationToken) is not { } known)
        {
            throw await PushAnswers.RefusalAsync(hub, target, answer, "make the repository");
        }

        return !isPrivate || known ? false : throw new HubException(
            $"'{target.Id}' is there, and everybody may see it: make it private at {hub.AddressOf(target.Id)}/settings, or push without --private.");
    }

    /// <summary>Null where no such model is shown to us.</summary>
    private async Task<bool?> IsPrivateAsync(CancellationToken cancellationToken)
    {
        using var answer = await GetAsync($"api/models/{target.Id}", cancellationToken);
        return !answer.IsSuccessStatusCode ? null
            : PushAnswers.Read(await answer.Content.ReadAsStringAsync(cancellationToken), root => root.TryGetProperty("private", out var value) && value.GetBoolean());
    }

    private async Task BranchAsync(CancellationToken cancellationToken)
    {
        if (target.Revision == Main || target.Revision!.StartsWith("refs/", StringComparison.Ordinal))
        {
            return;
        }

        using var answer = await PostAsync($"api/models/{target.Id}/branch/{Uri.EscapeDataString(target.Revision!)}", new { }, cancellationToken);
        if (!answer.IsSuccessStatusCode && answer.StatusCode != HttpStatusCode.Conflict)
        {
            throw await PushAnswers.RefusalAsync(hub, target, answer, "make a branch of");
        }
    }

    /// <summary>What lies on the branch.</summary>
    private async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        using var answer = await GetAsync(AddressOf("revision"), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw await PushAnswers.RefusalAsync(hub, target, answer, "read");
        }

        return PushAnswers.Read(await answer.Content.ReadAsStringAsync(cancellationToken), root =>
            root.GetProperty("siblings").EnumerateArray().Select(file => file.GetProperty("rfilename").GetString()!).ToList());
    }

    /// <summary>The files that are not on the branch as they are here, and how each is to come.</summary>
    private async Task<IReadOnlyList<Change>> ChangedAsync(IReadOnlyList<PushedFile> files, CancellationToken cancellationToken)
    {
        var described = files.Select(file => new { path = file.Name, sample = Convert.ToBase64String(file.Sample), size = file.Size, sha = file.Sha256 });
        using var answer = await PostAsync(AddressOf("preupload"), new { files = described }, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw await PushAnswers.RefusalAsync(hub, target, answer, "write to");
        }

        return PushAnswers.Read(await answer.Content.ReadAsStringAsync(cancellationToken), root =>
        {
            var said = root.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!);
            return files.Select(file => new Change(file, IsLarge(said[file.Name], file)))
                .Where(change => PushAnswers.Text(said[change.File.Name], "oid") != (change.IsLarge ? change.File.Sha256 : change.File.Sha1)).ToList();
        });
    }

    private bool IsLarge(JsonElement said, PushedFile file) => PushAnswers.Text(said, "uploadMode") switch
    {
        "lfs" when file.Size > 0 => true, // nothing cannot be kept in the store of large files
        "lfs" or "regular" when file.Size <= LargestSmallFile => false,
        "regular" => throw new HubException($"The hub wants '{file.Name}' within the commit, and it has {file.Size} bytes: add '{file.Name} filter=lfs diff=lfs merge=lfs -text' to .gitattributes of '{target.Id}'."),
        var other => throw new HubException($"The hub wants '{file.Name}' as '{other}', which is not known here."),
    };

    /// <summary>Where the commit is to be seen. If its answer is lost, the same once more does no harm: the files are the same.</summary>
    private async Task<string?> CommitAsync(IReadOnlyList<Change> changed, IReadOnlyList<string> deleted, string message, CancellationToken cancellationToken)
    {
        var lines = new MemoryStream();
        Line("header", new { summary = message, description = "" });
        foreach (var (file, isLarge) in changed)
        {
            if (isLarge)
            {
                Line("lfsFile", new { path = file.Name, algo = "sha256", oid = file.Sha256, size = file.Size });
            }
            else
            {
                await using var stream = file.Open();
                var content = new byte[file.Size];
                await stream.ReadExactlyAsync(content, cancellationToken);
                Line("file", new { path = file.Name, encoding = "base64", content = Convert.ToBase64String(content) });
            }
        }

        foreach (var name in deleted)
        {
            Line("deletedFile", new { path = name });
        }

        using var answer = await PostAsync(AddressOf("commit"), lines.ToArray(), "application/x-ndjson", cancellationToken);
        return answer.IsSuccessStatusCode
            ? PushAnswers.Read(await answer.Content.ReadAsStringAsync(cancellationToken), root => PushAnswers.Text(root, "commitUrl"))
            : throw await PushAnswers.RefusalAsync(hub, target, answer, "write to");

        void Line(string key, object value)
        {
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(new { key, value }));
            lines.WriteByte((byte)'\n');
        }
    }

    private string AddressOf(string call) => $"api/models/{target.Id}/{call}/{Uri.EscapeDataString(target.Revision!)}";

    private Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken) =>
        hub.CallAsync(target, _ => new(HttpMethod.Get, hub.AddressOf(path)), cancellationToken);

    private Task<HttpResponseMessage> PostAsync(string path, object body, CancellationToken cancellationToken) =>
        PostAsync(path, JsonSerializer.SerializeToUtf8Bytes(body), "application/json", cancellationToken);

    private Task<HttpResponseMessage> PostAsync(string path, byte[] body, string type, CancellationToken cancellationToken) => hub.CallAsync(
        target,
        _ => new(HttpMethod.Post, hub.AddressOf(path)) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } } },
        cancellationToken);

    private sealed record Change(PushedFile File, bool IsLarge);
}

/// <summary>What a push did.</summary>
/// <param name="IsNew">Whether the repository was made by it.</param>
/// <param name="Changed">The files that were not on the branch as they are here.</param>
/// <param name="Sent">The large ones among them that the hub did not have yet.</param>
/// <param name="Deleted">What was removed from the branch.</param>
/// <param name="Commit">Where the commit is to be seen; null where there was nothing to change, or the hub does not say.</param>
public sealed record HubPushResult(bool IsNew, IReadOnlyList<string> Changed, IReadOnlyList<string> Sent, IReadOnlyList<string> Deleted, string? Commit);

/// <summary>Hears how many bytes of a large file were sent.</summary>
public delegate void PieceSent(PushedFile file, long bytes);
