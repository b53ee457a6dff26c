using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.PortableExecutable;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.Functions.Http;
using Microsoft.Azure.WebJobs;

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>The flavour that is deployed, against the one that the other tests run: other attributes on the same classes.</summary>
public sealed class PublishedFunctionsTests(PublishedFunctions functions) : IAsyncLifetime
{
    private string _output = null!;

    public async ValueTask InitializeAsync() => _output = await functions.EnsureAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Publish_AsAzdDoes_WarnsOfNothing() => Assert.DoesNotContain("warning", _output, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Functions_Deployed_AreThoseOfTheLocalHost()
    {
        var deployed = PublishedFunctions.Read("functions.metadata").EnumerateArray().Select(Deployed).Order(StringComparer.Ordinal).ToList();

        // The one that may differ: where blobs are listed, the watchdog looks more often.
        var local = Local().Select(function => function.StartsWith("Watchdog ", StringComparison.Ordinal) ? function.Replace("*/3 * * * * *", "0 */5 * * * *", StringComparison.Ordinal) : function);
        Assert.Equal(local.Order(StringComparer.Ordinal), deployed);
        Assert.Equal(["blobTrigger", "httpTrigger", "queueTrigger", "timerTrigger"], deployed.Select(function => function.Split(' ')[1]).Distinct().Order());
    }

    /// <summary>Level "Function": a key of the function app opens it, and one of the function itself, which opens nothing else.</summary>
    [Fact]
    public void Levels_Deployed_AskForAKeyButForHealthAndThePage()
    {
        var levels = PublishedFunctions.Read("functions.metadata").EnumerateArray().Select(function => (Name: function.Text("name"), Trigger: Trigger(function)))
            .Where(function => function.Trigger.Text("type") == "httpTrigger").ToLookup(function => function.Trigger.Text("authLevel"), function => function.Name);

        Assert.Equal(["Anonymous", "Function"], levels.Select(level => level.Key).Order());
        Assert.Equal(["Health", "ShowPage"], levels["Anonymous"].Order());
        Assert.Superset(new HashSet<string?> { "GiveFeedback", "Predict" }, levels["Function"].ToHashSet());
    }

    [Fact]
    public void BlobTrigger_Deployed_WaitsForEvents()
    {
        var trigger = PublishedFunctions.Read("functions.metadata").EnumerateArray().Select(Trigger).Single(trigger => trigger.Text("type") == "blobTrigger");

        Assert.Equal("EventGrid", trigger.Text("source")); // Flex Consumption does not poll
    }

    [Fact]
    public void Host_Deployed_FindsSettingsWorkerAndExtensions()
    {
        var worker = PublishedFunctions.Read("worker.config.json").GetProperty("description");
        var extensions = PublishedFunctions.Read("extensions.json").GetProperty("extensions").EnumerateArray().ToList();

        Assert.Equal(File.ReadAllText(Path.Combine(RepositoryFolder.Path, "host.json")), File.ReadAllText(Path.Combine(PublishedFunctions.Folder, "host.json")));
        Assert.Equal(("dotnet-isolated", "dotnet", "Droptune.Functions.dll"), (worker.Text("language"), worker.Text("defaultExecutablePath"), worker.Text("defaultWorkerPath")));
        Assert.Equal(["AzureStorageBlobs", "AzureStorageQueues", "Startup"], extensions.Select(extension => extension.Text("name")).Order());
        Assert.All(extensions, extension => Assert.True(File.Exists(Path.Combine(PublishedFunctions.Folder, extension.Text("hintPath")!))));
    }

    [Theory]
    [InlineData("Droptune.Functions.dll")]
    [InlineData("Droptune.Core.dll")]
    [InlineData("Azure.Storage.Blobs.dll")]
    public void Code_Deployed_IsCompiledAheadOfTime(string file)
    {
        using var code = new PEReader(File.OpenRead(Path.Combine(PublishedFunctions.Folder, file)));

        Assert.NotEqual(0, code.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
    }

    [Fact]
    public void Packages_OfTheLocalHost_AreNotDeployed() =>
        Assert.DoesNotContain(
            Directory.GetFiles(PublishedFunctions.Folder).Select(Path.GetFileName),
            file => file!.StartsWith("Microsoft.Azure.WebJobs", StringComparison.Ordinal) || file.StartsWith("Microsoft.Azure.Storage", StringComparison.Ordinal));

    [Fact]
    public async Task Publish_FlavourOfALocalRun_Runs()
    {
        var folder = await PublishedFunctions.PublishLocalAsync();
        var lines = new ConcurrentQueue<string>();

        await using var process = ChildProcess.Start(
            "dotnet", [Path.Combine(folder, "Droptune.Functions.dll"), "--help"], new Dictionary<string, string?>(), folder, lines.Enqueue);
        var exitCode = await process.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, exitCode);
        Assert.Contains(lines, line => line.Contains("--demo", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Directory.GetFiles(folder).Select(Path.GetFileName), file => file!.StartsWith("Microsoft.Azure.Functions.Worker", StringComparison.Ordinal));
    }

    private static string Deployed(JsonElement function)
    {
        var trigger = Trigger(function);
        return Describe(function.Text("name"), trigger.Text("type"), function.Text("entryPoint"), trigger.Text("type") switch
        {
            "httpTrigger" => [trigger.Text("authLevel"), trigger.Text("route"), .. trigger.GetProperty("methods").EnumerateArray().Select(method => method.GetString())],
            "blobTrigger" => [trigger.Text("path"), trigger.Text("connection")],
            "queueTrigger" => [trigger.Text("queueName"), trigger.Text("connection")],
            "timerTrigger" => [trigger.Text("schedule")],
            var type => throw new NotSupportedException(type),
        });
    }

    private static IEnumerable<string> Local() =>
        from type in typeof(HttpFunction).Assembly.GetExportedTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionNameAttribute>()
        where function is not null
        select Local(function.Name, $"{type.FullName}.{method.Name}", method.GetParameters()[0].GetCustomAttributes());

    private static string Local(string name, string entryPoint, IEnumerable<Attribute> attributes) =>
        attributes.Single(attribute => attribute.GetType().Name.EndsWith("TriggerAttribute", StringComparison.Ordinal)) switch
        {
            HttpTriggerAttribute http => Describe(name, "httpTrigger", entryPoint, [$"{http.AuthLevel}", http.Route, .. http.Methods!]),
            BlobTriggerAttribute blob => Describe(name, "blobTrigger", entryPoint, [blob.BlobPath, blob.Connection]),
            QueueTriggerAttribute queue => Describe(name, "queueTrigger", entryPoint, [queue.QueueName, queue.Connection]),
            TimerTriggerAttribute timer => Describe(name, "timerTrigger", entryPoint, [timer.ScheduleExpression]),
            var trigger => throw new NotSupportedException($"{trigger}"),
        };

    private static JsonElement Trigger(JsonElement function) => function.GetProperty("bindings").EnumerateArray()
        .Single(binding => binding.Text("type")!.EndsWith("Trigger", StringComparison.Ordinal));

    private static string Describe(string? name, string? trigger, string? entryPoint, IEnumerable<string?> details) =>
        $"{name} {trigger} {entryPoint} {string.Join(' ', details)}";
}
