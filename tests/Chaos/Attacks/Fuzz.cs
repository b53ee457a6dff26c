using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Droptune.Chaos.Product;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Functions.Hosting.Local.Processes;

namespace Droptune.Chaos.Attacks;

/// <summary>Documents that nearly are what they should be: each is taken, or refused with a reason.</summary>
internal static class Fuzz
{
    private const string Model = "lexicon";
    private const string Version = "0123456789ab";

    private static readonly string Manifest = """
        {"task":"joint","textColumn":"text","labelColumn":"label","tagScheme":"IOB2","baseModel":"scratch","size":"tiny","model":"a-model","train":true,
         "spanUnit":"utf16CodeUnit","spanEnd":"exclusive","training":{"epochs":3,"batchTokens":512,"maxLength":64,"learningRate":0.001,"dropout":0.1,"seed":1,
         "earlyStopping":{"metric":"main","patience":2},"precision":"auto"},"validation":{"maxExamples":1000,"findingsPerCode":10,"severities":{"long-example":"error"}}}
        """;

    private static readonly string Spec = """
        {"runId":null,"model":"support","base":{"name":"scratch","size":"tiny"},"dataset":{"name":"support","version":"0123456789ab"},"task":"joint",
         "optimisation":{"optimizer":"adamw","epochs":5,"batchTokens":4096,"maxLength":128,"learningRate":2e-5,"weightDecay":0.01,"warmupRatio":0.1,
         "gradientClip":1.0,"earlyStopping":{"metric":"main","patience":2},"precision":"auto","seed":42,"pretrain":{"epochs":2,"maskedPart":0.15}}}
        """;

    private static readonly (string Method, string Path, string Body)[] Requests =
    [
        ("POST", $"models/{Model}/predict", """{"inputs":["book a flight to berlin",{"tokens":["to","berlin"]}],"stringIndexType":"utf16CodeUnit"}"""),
        ("POST", $"models/{Model}/predict?version={Version}", """{"inputs":"to new york"}"""),
        ("POST", $"models/{Model}/feedback", """{"text":"book a flight to berlin","label":"book","entities":[{"label":"to","start":17,"end":23}]}"""),
        ("POST", $"models/{Model}/promote", $$"""{"version":"{{Version}}"}"""),
        ("GET", $"models/{Model}/traffic", ""),
        ("GET", $"models/{Model}/uncertain?limit=3", ""),
        ("GET", "models", ""),
        ("GET", $"models/{Model}", ""),
        ("GET", "datasets", ""),
        ("GET", "datasets/nobody", ""),
        ("GET", "datasets/nobody/feedback", ""),
        ("POST", "datasets/nobody/feedback/fold", "{}"),
        ("POST", "runs", Spec),
        ("GET", "runs?limit=2&state=Queued", ""),
        ("GET", "runs/0123456789abcdef", ""),
        ("DELETE", "runs/0123456789abcdef", ""),
        ("GET", "evaluations?model=lexicon&limit=1", ""),
        ("GET", "health", ""),
        ("GET", "openapi.json", ""),
        ("POST", "language/:analyze-conversations?api-version=2023-04-01", """{"kind":"Conversation","analysisInput":{"conversationItem":{"id":"1","participantId":"1","text":"to berlin"}},"parameters":{"projectName":"lexicon","deploymentName":"production"}}"""),
        ("GET", "ui", ""),
    ];

    /// <summary>Manifests through the gate, in this process.</summary>
    public static Task ManifestsAsync(int count, int seed) => InProcessAsync("manifests", count, seed, Manifest, async content =>
    {
        DatasetFile[] files = [InMemory(DatasetFile.ManifestName, content), InMemory("train.jsonl", """{"text":"to berlin","label":"a"}"""u8.ToArray())];
        return (await DatasetGate.CheckAsync("fuzz", files)).Findings.Any(finding => finding.Code == FindingCode.BadManifest);
    });

    /// <summary>Specs as a worker reads them, in this process.</summary>
    public static Task SpecsAsync(int count, int seed) => InProcessAsync("specs and job messages", count, seed, Spec, content =>
    {
        try
        {
            var spec = JsonSerializer.Deserialize<JobSpec>(content, DroptuneJson.Compact) ?? throw new JsonException("It is null.");
            var problems = JobSpecRules.Problems(spec);
            return Task.FromResult(problems.Count > 0 || RunIds.For(spec).Length == 0);
        }
        catch (JsonException)
        {
            return Task.FromResult(true);
        }
    });

    /// <summary>Requests to a host, which must answer each, and never with 500.</summary>
    public static async Task RequestsAsync(int count, int seed)
    {
        await using var product = await StartAsync();
        var (statuses, start, sent) = (new int[600], TimeProvider.System.GetTimestamp(), 0);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellation) =>
        {
            var random = new Random(HashCode.Combine(seed, i));
            using var request = Request(random);
            try
            {
                using var answer = await product.Http.SendAsync(request, cancellation);
                var status = (int)answer.StatusCode;
                Interlocked.Increment(ref statuses[status]);
                if (status >= 500 && status != 503)
                {
                    throw new FaultException($"{status} for seed {seed}, request {i}: {request.Method} {request.RequestUri} {await answer.Content.ReadAsStringAsync(cancellation)}");
                }
            }
            catch (HttpRequestException e) when (product.Host.Crashes.Count == 0)
            {
                throw new FaultException($"No answer for seed {seed}, request {i}: {request.Method} {request.RequestUri}: {e.Message}");
            }

            if (Interlocked.Increment(ref sent) % 20_000 == 0)
            {
                Report.Line($"{sent} requests, {sent / TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} a second");
            }
        });
        await new Invariants(product).CheckAliveAsync();
        Report.Line($"{count} requests of seed {seed}: {string.Join(", ", statuses.Index().Where(status => status.Item > 0).Select(status => $"{status.Index}: {status.Item}"))}");
    }

    /// <summary>Messages in the queues of both processes, which must get rid of each.</summary>
    public static async Task MessagesAsync(int count, int seed)
    {
        await using var product = await StartAsync(works: true);
        var (random, start) = (new Random(seed), TimeProvider.System.GetTimestamp());
        string[] kinds = [Spec, """{"dataset":"nobody","changeId":"0123","traceparent":null}""", """{"model":"lexicon","traceparent":null}"""];
        for (var i = 0; i < count; i++)
        {
            var kind = random.Next(kinds.Length);
            var queue = new[] { StorageNames.TrainingJobs, StorageNames.DatasetChanges, StorageNames.EvaluationRequests }[kind];
            var content = Mutation.Of(Encoding.UTF8.GetBytes(kinds[kind]), random);
            await product.Storage.Queue(queue).SendMessageAsync(BinaryData.FromBytes(content));
        }

        var invariants = new Invariants(product);
        await invariants.CheckEmptyAsync();
        await invariants.CheckAliveAsync();
        Report.Line($"{count} messages of seed {seed} are dealt with, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s");
    }

    private static async Task InProcessAsync(string what, int count, int seed, string whole, Func<byte[], Task<bool>> isRefused)
    {
        var (refused, slowest, start) = (0, TimeSpan.Zero, TimeProvider.System.GetTimestamp());
        for (var i = 0; i < count; i++)
        {
            var content = Mutation.Of(Encoding.UTF8.GetBytes(whole), new Random(HashCode.Combine(seed, i)));
            var begun = TimeProvider.System.GetTimestamp();
            try
            {
                refused += await isRefused(content) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new FaultException($"{what}, seed {seed}, {i}: {e}\n{Encoding.UTF8.GetString(content)}");
            }

            var took = TimeProvider.System.GetElapsedTime(begun);
            slowest = i > 0 && took > slowest ? took : slowest; // the first compiles the code
        }

        var all = TimeProvider.System.GetElapsedTime(start);
        Report.Line($"{count} {what} of seed {seed}: {refused} refused, none threw, {all.TotalSeconds:0} s, the slowest {slowest.TotalMilliseconds:0} ms");
    }

    private static async Task<Installation> StartAsync(bool works = false)
    {
        var product = await Installation.StartAsync(works);
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryFolder.Path, "tests", "data", "models", "lexicon")))
        {
            await product.Storage.Container(StorageNames.Models).GetBlobClient(ModelStore.Folder(Model, Version) + Path.GetFileName(file)).UploadAsync(file, overwrite: true);
        }

        await product.Models.AddVersionAsync(
            new() { Model = Model, Version = Version, RunId = Version + "0000", Dataset = "none", DatasetVersion = "0", Task = TaskKind.Joint, CreatedAt = TimeProvider.System.GetUtcNow() },
            CancellationToken.None);
        await product.Models.PromoteAsync(Model, Version, "fuzz", CancellationToken.None);
        return product;
    }

    private static HttpRequestMessage Request(Random random)
    {
        var (method, path, body) = Requests[random.Next(Requests.Length)];
        if (random.Next(4) == 0)
        {
            path = UrlEncoder.Default.Encode(Encoding.Latin1.GetString(Mutation.Bytes(Encoding.Latin1.GetBytes(path), random))).Replace("%2F", "/", StringComparison.Ordinal);
        }

        var request = new HttpRequestMessage(new HttpMethod(random.Next(20) == 0 ? "PUT" : method), new Uri(path, UriKind.Relative));
        if (method == "POST" || random.Next(10) == 0)
        {
            request.Content = new ByteArrayContent(random.Next(10) == 0 ? Encoding.UTF8.GetBytes(body) : Mutation.Of(Encoding.UTF8.GetBytes(body), random));
            request.Content.Headers.ContentType = random.Next(20) switch
            {
                0 => null,
                1 => new MediaTypeHeaderValue("text/plain"),
                2 => new MediaTypeHeaderValue("application/json", "utf-16"),
                _ => new MediaTypeHeaderValue("application/json"),
            };
        }

        return request;
    }

    private static DatasetFile InMemory(string name, byte[] content) =>
        new(name, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(content, writable: false)));
}

/// <summary>Makes of a document one that is nearly the same.</summary>
internal static class Mutation
{
    private static readonly string[] Values =
    [
        "null", "[]", "{}", "[null]", "\"\"", "0", "-1", "1e308", "1e-400", "99999999999999999999", "true", "\"\\u0000\"", "\"\\ud800\"", "\"../x\"", "{\"a\":{\"a\":{}}}",
        "[[[[]]]]", "\"NaN\"", "2147483648", "0.1", "\"joint\"", "\"客服\"",
    ];

    /// <summary>By its JSON or by its bytes.</summary>
    public static byte[] Of(byte[] content, Random random) => random.Next(3) == 0 || content.Length == 0 ? Bytes(content, random) : Json(content, random);

    public static byte[] Bytes(byte[] content, Random random)
    {
        var bytes = content.ToList();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(4))
            {
                case 0:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.Take(random.Next(32)).ToList());
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Json(byte[] content, Random random)
    {
        // Values stand as marks until the end: some are no JSON that could be written otherwise.
        var (root, values) = (JsonNode.Parse(content)!, new List<string>());
        for (var i = random.Next(1, 4); i > 0 && Places(root).ToList() is { Count: > 0 } places; i--)
        {
            var (parent, name) = places[random.Next(places.Count)];
            switch (random.Next(5))
            {
                case 0:
                    parent.Remove(name);
                    break;
                case 1:
                    parent[name + "X"] = Mark();
                    break;
                default:
                    parent[name] = Mark();
                    break;
            }
        }

        var text = root.ToJsonString();
        if (random.Next(8) == 0 && root is JsonObject { Count: > 0 } whole) // a key twice
        {
            text = text.Insert(1, $"\"{whole.First().Key}\":{Value(random)},");
        }

        return Encoding.UTF8.GetBytes(values.Index().Aggregate(text, (written, value) => written.Replace($"\"@{value.Index}@\"", value.Item, StringComparison.Ordinal)));

        string Mark()
        {
            values.Add(Value(random));
            return $"@{values.Count - 1}@";
        }
    }

    private static string Value(Random random) => random.Next(60) switch
    {
        0 => $"\"{new string('x', random.Next(1, 20_000))}\"",
        1 => Nested(random.Next(1, 200)),
        _ => Values[random.Next(Values.Length)],
    };

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    private static IEnumerable<(JsonObject Parent, string Name)> Places(JsonNode node) => node switch
    {
        JsonObject parent => parent.SelectMany(property => (property.Value is null ? [] : Places(property.Value)).Prepend((parent, property.Key))),
        JsonArray list => list.OfType<JsonNode>().SelectMany(Places),
        _ => [],
    };
}
