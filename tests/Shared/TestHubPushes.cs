using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Droptune.Tests;

/// <summary>Plays what the hub does with what is pushed: <see cref="Writer"/> may do all.</summary>
public sealed class TestHubPushes(TestHub hub)
{
    public const string Writer = "may-write";
    public const string Reader = "may-read";

    /// <summary>May write to what is there, and make nothing.</summary>
    public const string Limited = "may-write-to-one";

    private readonly ConcurrentDictionary<string, byte[]> _parts = [];

    /// <summary>The large files by their SHA-256.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = [];

    public ConcurrentQueue<Commit> Commits { get; } = [];

    /// <summary>Bytes of a part, where large files are to come in parts; null = at once.</summary>
    public int? PartSize { get; set; }

    /// <summary>Models that only their owners see.</summary>
    public ConcurrentDictionary<string, bool> Private { get; } = [];

    /// <summary>Answers a request that is of a push; false where it is none.</summary>
    public async Task<bool> AnswerAsync(HttpContext context, bool isFar)
    {
        var (method, parts) = (context.Request.Method, context.Request.Path.Value!.TrimStart('/').Split('/'));
        if (isFar)
        {
            return method == HttpMethods.Put && await StoreAsync(context, parts);
        }

        if (method != HttpMethods.Post && parts is not ["api", "models", _, _])
        {
            return false;
        }

        var token = context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal);
        if (token is not (Writer or Reader or Limited))
        {
            await RefuseAsync(context, 401, "Invalid username or password.");
            return true;
        }

        if (method == HttpMethods.Post && (token == Reader || (token == Limited && parts is ["api", "repos", ..])))
        {
            await RefuseAsync(context, 403, "You don't have the rights to do this");
            return true;
        }

        await (parts switch
        {
            ["api", "repos", "create"] => CreateAsync(context),
            ["api", "models", var organization, var name] => DescribeAsync(context, $"{organization}/{name}"),
            ["api", "models", var organization, var name, var call, var branch] => ForModelAsync(context, $"{organization}/{name}", call, Uri.UnescapeDataString(branch)),
            [_, _, "info", "lfs", "objects", "batch"] => BatchAsync(context, $"{parts[0]}/{parts[1].Replace(".git", "", StringComparison.Ordinal)}"),
            ["verify", _] => VerifyAsync(context),
            ["complete", var oid] => CompleteAsync(context, oid),
            _ => RefuseAsync(context, 404, "Not found"),
        });
        return true;
    }

    /// <summary>Keeps a large file that has another content on its way.</summary>
    public async Task DamageAsync(HttpContext context)
    {
        var content = await ReadAsync(context);
        content[^1] ^= 1;
        Objects[context.Request.Path.Value!.Split('/')[^1]] = content;
    }

    private async Task CreateAsync(HttpContext context)
    {
        var asked = await JsonAsync(context);
        var id = $"{asked.GetProperty("organization").GetString()}/{asked.GetProperty("name").GetString()}";
        if (asked.GetProperty("type").GetString() != "model" || hub.Find(id) is not null)
        {
            await RefuseAsync(context, 409, "You already created this model repo");
            return;
        }

        hub.Add(id, (".gitattributes", "*.safetensors filter=lfs"u8.ToArray()));
        Private[id] = asked.GetProperty("private").GetBoolean();
        await WriteAsync(context, new { url = $"{hub.Endpoint}/{id}" });
    }

    private Task DescribeAsync(HttpContext context, string id) =>
        hub.Find(id) is null ? RefuseAsync(context, 404, "Repository not found") : WriteAsync(context, new { id, @private = Private.GetValueOrDefault(id) });

    private async Task ForModelAsync(HttpContext context, string id, string call, string branch)
    {
        if (hub.Find(id) is not { } model)
        {
            await RefuseAsync(context, 404, "Repository not found");
        }
        else if (call == "branch")
        {
            model.OtherRevisions.Add(branch);
            await WriteAsync(context, new { });
        }
        else if (!model.Revisions.Contains(branch))
        {
            TestHub.Refuse(context, 404, "RevisionNotFound");
        }
        else if (call == "preupload")
        {
            await WriteAsync(context, new { files = (await JsonAsync(context)).GetProperty("files").EnumerateArray().Select(file => Mode(model, file)) });
        }
        else
        {
            await CommitAsync(context, model, branch);
        }
    }

    private static object Mode(TestHub.Model model, JsonElement file)
    {
        var (path, content) = (file.GetProperty("path").GetString()!, model.Files.GetValueOrDefault(file.GetProperty("path").GetString()!));
        var isLarge = TestHub.IsLarge(path);
        Assert.True(Convert.FromBase64String(file.GetProperty("sample").GetString()!).Length == Math.Min(512, file.GetProperty("size").GetInt64()), path);
        return new
        {
            path,
            uploadMode = isLarge ? "lfs" : "regular",
            shouldIgnore = false,
            oid = content is null ? null : isLarge ? Hash(content) : TestHub.GitHash(content),
        };
    }

    private async Task BatchAsync(HttpContext context, string id)
    {
        if (hub.Find(id) is null || context.Request.ContentType != "application/vnd.git-lfs+json")
        {
            await RefuseAsync(context, 404, "Repository not found");
            return;
        }

        await WriteAsync(context, new { transfer = "basic", objects = (await JsonAsync(context)).GetProperty("objects").EnumerateArray().Select(Asked) });
    }

    private object Asked(JsonElement asked)
    {
        var (oid, size) = (asked.GetProperty("oid").GetString()!, asked.GetProperty("size").GetInt64());
        if (Objects.ContainsKey(oid))
        {
            return new { oid, size };
        }

        var verify = new { href = $"{hub.Endpoint}/verify/{oid}" };
        var headers = new Dictionary<string, string> { ["x-signed"] = "of-the-hub" };
        if (PartSize is not { } part)
        {
            return new { oid, size, actions = new { upload = new { href = $"{hub.FarEndpoint}/lfs/{oid}?signature=of-the-hub", header = headers }, verify } };
        }

        headers["chunk_size"] = $"{part}";
        for (var i = 1; i <= (size + part - 1) / part; i++)
        {
            headers[$"{i:00000}"] = $"{hub.FarEndpoint}/lfs/{oid}/{i}";
        }

        return new { oid, size, actions = new { upload = new { href = $"{hub.Endpoint}/complete/{oid}", header = headers }, verify } };
    }

    private async Task<bool> StoreAsync(HttpContext context, string[] parts)
    {
        byte[] content;
        try
        {
            content = await ReadAsync(context);
        }
        catch (IOException)
        {
            return true; // it was cut
        }

        switch (parts)
        {
            case ["lfs", var oid] when Hash(content) == oid && context.Request.Headers["x-signed"] == "of-the-hub":
                Objects[oid] = content;
                return true;
            case ["lfs", var oid, var number]:
                _parts[$"{oid}/{number}"] = content;
                context.Response.Headers.ETag = $"\"{Hash(content)[..32]}\"";
                return true;
            default:
                context.Response.StatusCode = 400;
                return true;
        }
    }

    private async Task CompleteAsync(HttpContext context, string oid)
    {
        var whole = new MemoryStream();
        foreach (var part in (await JsonAsync(context)).GetProperty("parts").EnumerateArray())
        {
            var content = _parts[$"{oid}/{part.GetProperty("partNumber").GetInt32()}"];
            Assert.Equal($"\"{Hash(content)[..32]}\"", part.GetProperty("etag").GetString());
            whole.Write(content);
        }

        Objects[oid] = whole.ToArray();
    }

    private async Task VerifyAsync(HttpContext context)
    {
        var asked = await JsonAsync(context);
        var oid = asked.GetProperty("oid").GetString()!;
        if (!Objects.TryGetValue(oid, out var content) || Hash(content) != oid || content.Length != asked.GetProperty("size").GetInt64())
        {
            Objects.TryRemove(oid, out _);
            await RefuseAsync(context, 422, "Invalid sha256");
        }
    }

    private async Task CommitAsync(HttpContext context, TestHub.Model model, string branch)
    {
        Assert.Equal("application/x-ndjson", context.Request.ContentType);
        var lines = Encoding.UTF8.GetString(await ReadAsync(context)).TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        foreach (var line in lines.Skip(1))
        {
            var (key, value) = (line.GetProperty("key").GetString(), line.GetProperty("value"));
            var path = value.GetProperty("path").GetString()!;
            if (key == "deletedFile")
            {
                Assert.True(model.Files.Remove(path), path);
            }
            else if (key == "file")
            {
                model.Files[path] = Convert.FromBase64String(value.GetProperty("content").GetString()!);
            }
            else if (Objects.TryGetValue(value.GetProperty("oid").GetString()!, out var content) && content.Length == value.GetProperty("size").GetInt64())
            {
                model.Files[path] = content;
            }
            else
            {
                await RefuseAsync(context, 412, "LFS pointer pointed to a file that does not exist");
                return;
            }
        }

        model.Commit = Hash(Encoding.UTF8.GetBytes($"{model.Commit}{lines.Count}"))[..model.Commit.Length];
        Commits.Enqueue(new(branch, lines[0].GetProperty("value").GetProperty("summary").GetString()!, [.. lines.Skip(1).Select(line => line.GetProperty("value").GetProperty("path").GetString()!)]));
        await WriteAsync(context, new { success = true, commitOid = model.Commit, commitUrl = $"{hub.Endpoint}/{model.Id}/commit/{model.Commit}" });
    }

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        return content.ToArray();
    }

    private static async Task<JsonElement> JsonAsync(HttpContext context) => JsonDocument.Parse(await ReadAsync(context)).RootElement;

    private static Task WriteAsync(HttpContext context, object answer) => context.Response.WriteAsJsonAsync(answer, context.RequestAborted);

    private static Task RefuseAsync(HttpContext context, int status, string error)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new { error });
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public sealed record Commit(string Branch, string Message, IReadOnlyList<string> Names);
}
