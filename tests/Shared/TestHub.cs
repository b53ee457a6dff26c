using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Tests;

/// <summary>
/// Plays the model hub: its paths and headers, on two ports, as large files come from another host. What goes wrong is added by each test.
/// </summary>
public sealed class TestHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly string[] LargeFiles = [".safetensors", ".bin", ".onnx", "tokenizer.json"];

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Model> _models = [];
    private readonly ConcurrentQueue<Fault> _faults = [];

    private TestHub(WebApplication app) => (_app, Pushes) = (app, new(this));

    /// <summary>Where the hub is.</summary>
    public string Endpoint => _app.Urls.First();

    /// <summary>Where it keeps large files.</summary>
    public string FarEndpoint => _app.Urls.Last();

    /// <summary>What was pushed.</summary>
    public TestHubPushes Pushes { get; }

    /// <summary>What was asked, in its order.</summary>
    public ConcurrentQueue<Request> Requests { get; } = [];

    /// <summary>Bytes of a large file after which an answer waits for <see cref="Resume"/>.</summary>
    public int? HoldAfter { get; set; }

    /// <summary>Ends the waiting of answers.</summary>
    public TaskCompletionSource Resume { get; } = new();

    public Model this[string id] => _models[id];

    public Model? Find(string id) => _models.GetValueOrDefault(id);

    /// <summary>Whether the hub keeps a file apart.</summary>
    public static bool IsLarge(string file) => LargeFiles.Any(end => file.EndsWith(end, StringComparison.Ordinal));

    public static async Task<TestHub> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore();
        var hub = new TestHub(builder.Build());
        hub._app.Run(hub.AnswerAsync);
        await hub._app.StartAsync();
        return hub;
    }

    /// <summary>Adds a model, or puts another in its place.</summary>
    public Model Add(string id, params IEnumerable<(string Name, byte[] Content)> files) =>
        _models[id] = new(id, files.ToDictionary(file => file.Name, file => file.Content));

    /// <summary>Adds a model of the files of a folder.</summary>
    public Model AddFolder(string id, string folder) =>
        Add(id, Directory.GetFiles(folder).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))));

    /// <summary>Answers the next requests for a path so, instead of as usual.</summary>
    /// <param name="path">A part of it; "far" stands before those of large files.</param>
    /// <param name="answer">What is done.</param>
    /// <param name="times">How often.</param>
    public void Fail(string path, Func<HttpContext, Task> answer, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _faults.Enqueue(new(path, answer));
        }
    }

    /// <summary>Answers the next requests for a path with a status.</summary>
    public void Fail(string path, int status, string? retryAfter = null, int times = 1) => Fail(
        path,
        context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        },
        times);

    /// <summary>Cuts the next connections for large files after some bytes.</summary>
    public void Cut(int afterBytes, int times = 1) => Fail(
        "far",
        async context =>
        {
            await SendAsync(context, ContentOf(context), afterBytes);
            await Task.Delay(100); // what is sent is to be read before the connection is reset
            context.Abort();
        },
        times);

    public async ValueTask DisposeAsync()
    {
        Resume.TrySetResult();
        await _app.DisposeAsync();
    }

    private bool IsFar(HttpContext context) => context.Connection.LocalPort == new Uri(FarEndpoint).Port;

    private async Task AnswerAsync(HttpContext context)
    {
        var path = (IsFar(context) ? "far" : "") + context.Request.Path;
        Requests.Enqueue(new(
            context.Request.Method, path, context.Request.Headers.Authorization.ToString(), context.Request.Headers.Range.ToString(), context.Request.Headers.IfMatch.ToString()));
        if (TakeFault(path) is { } fault)
        {
            await fault.Answer(context);
        }
        else if (await Pushes.AnswerAsync(context, IsFar(context)))
        {
        }
        else if (IsFar(context))
        {
            await SendAsync(context, ContentOf(context), HoldAfter);
        }
        else
        {
            await AnswerAsHubAsync(context);
        }
    }

    private Fault? TakeFault(string path)
    {
        if (_faults.TryPeek(out var fault) && path.Contains(fault.Path, StringComparison.Ordinal))
        {
            return _faults.TryDequeue(out fault) ? fault : null;
        }

        return null;
    }

    private async Task AnswerAsHubAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.TrimStart('/').Split('/');
        var isQuestion = parts is ["api", "models", ..];
        var (id, verb, revision) = isQuestion && parts.Length >= 6
            ? ($"{parts[2]}/{parts[3]}", parts[4], string.Join('/', parts[5..]))
            : parts.Length >= 5 ? ($"{parts[0]}/{parts[1]}", parts[2], parts[3]) : ("", "", "");
        var token = context.Request.Headers.Authorization.ToString();
        if (!_models.TryGetValue(id, out var model) || (model.PrivateTo is { } owner && token != $"Bearer {owner}"))
        {
            Refuse(context, token.Length == 0 ? 401 : 404, "RepoNotFound");
        }
        else if (!model.Revisions.Contains(Uri.UnescapeDataString(revision)))
        {
            Refuse(context, 404, "RevisionNotFound");
        }
        else if (isQuestion && verb == "revision")
        {
            await context.Response.WriteAsync(JsonSerializer.Serialize(new
            {
                id = model.SaidId ?? id,
                sha = model.Commit,
                siblings = model.Names.Select(name => new { rfilename = name }),
            }));
        }
        else if (model.GatedTo is { } accepted && token != $"Bearer {accepted}")
        {
            Refuse(context, token.Length == 0 ? 401 : 403, "GatedRepo");
        }
        else if (verb != "resolve" || !model.Files.TryGetValue(parts[^1], out var content))
        {
            Refuse(context, 404, "EntryNotFound");
        }
        else
        {
            await ResolveAsync(context, model, parts[^1], content);
        }
    }

    private async Task ResolveAsync(HttpContext context, Model model, string file, byte[] content)
    {
        context.Response.Headers["X-Repo-Commit"] = model.Commit;
        if (!IsLarge(file))
        {
            context.Response.Headers.ETag = $"\"{model.StatedHash.GetValueOrDefault(file, GitHash(content))}\"";
            await SendAsync(context, content, holdAfter: null);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers["X-Linked-Size"] = model.StatedSize.GetValueOrDefault(file, $"{content.Length}");
        context.Response.Headers["X-Linked-Etag"] = $"\"{model.StatedHash.GetValueOrDefault(file, Convert.ToHexStringLower(SHA256.HashData(content)))}\"";
        context.Response.Headers.Location = $"{FarEndpoint}/{model.Id}/{file}?signature=of-the-hub";
    }

    private byte[] ContentOf(HttpContext context)
    {
        var parts = context.Request.Path.Value!.TrimStart('/').Split('/');
        return _models[$"{parts[0]}/{parts[1]}"].Files[parts[2]];
    }

    private async Task SendAsync(HttpContext context, byte[] content, int? holdAfter)
    {
        var (request, response) = (context.Request, context.Response);
        if (IsFar(context))
        {
            response.Headers.ETag = "\"of the far host\"";
        }

        var from = 0;
        if (request.GetTypedHeaders().Range is { Ranges: { Count: 1 } ranges })
        {
            from = (int)ranges.Single().From!.Value;
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        response.ContentLength = content.Length - from;
        if (request.Method == HttpMethods.Head)
        {
            return;
        }

        var first = Math.Min(holdAfter ?? int.MaxValue, content.Length - from);
        await response.Body.WriteAsync(content.AsMemory(from, first), context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        if (holdAfter is not null && holdAfter == HoldAfter)
        {
            await Resume.Task.WaitAsync(context.RequestAborted);
            await response.Body.WriteAsync(content.AsMemory(from + first), context.RequestAborted);
        }
    }

    public static void Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Code"] = code;
    }

    public static string GitHash(byte[] content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {content.Length}\0")));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public sealed record Request(string Method, string Path, string Authorization, string Range, string IfMatch);

    private sealed record Fault(string Path, Func<HttpContext, Task> Answer);

    /// <summary>A model, and what is said of it where that is not the truth.</summary>
    public sealed class Model(string id, Dictionary<string, byte[]> files)
    {
        public string Id => id;

        public Dictionary<string, byte[]> Files => files;

        public string Commit { get; set; } = TestHub.Commit;

        public string? PrivateTo { get; set; }

        public string? GatedTo { get; set; }

        public string? SaidId { get; set; }

        public List<string> OtherRevisions { get; } = ["main", "refs/pr/1"];

        public IEnumerable<string> Revisions => [Commit, .. OtherRevisions];

        public Dictionary<string, string> StatedHash { get; } = [];

        public Dictionary<string, string> StatedSize { get; } = [];

        public IEnumerable<string> Names => files.Keys;
    }
}
