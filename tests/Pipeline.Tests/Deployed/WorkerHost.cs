using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Droptune.Functions.Hosting.Local.Processes;
using Droptune.Pipeline.Tests.Deployed.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>
/// The published worker in a process of its own, under the tests' host: it starts it, asks for its functions and calls them as Azure's
/// host does. When to call them is the business of <see cref="Platform"/>.
/// </summary>
public sealed class WorkerHost : IAsyncDisposable
{
    private readonly Conversation _worker;
    private readonly WebApplication _server;
    private readonly ChildProcess _process;

    private readonly Stopwatch _age = Stopwatch.StartNew();

    private WorkerHost(Conversation worker, WebApplication server, ChildProcess process) => (_worker, _server, _process) = (worker, server, process);

    /// <summary>The functions by name.</summary>
    public IReadOnlyDictionary<string, WorkerFunction> Functions { get; private set; } = null!;

    /// <summary>Where the worker takes HTTP requests.</summary>
    public Uri HttpAddress { get; private set; } = null!;

    /// <summary>Since the start of the process.</summary>
    public TimeSpan Age => _age.Elapsed;

    /// <summary>From the start of the process until it had answered the initialisation, which the platform wants within 30 s.</summary>
    public TimeSpan InitialisedAfter { get; private set; }

    /// <summary>From the start of the process until all functions were loaded.</summary>
    public TimeSpan LoadedAfter { get; private set; }

    /// <summary>Starts the worker of a folder; <paramref name="settings"/> are its environment, <paramref name="onLine"/> gets what it prints.</summary>
    public static async Task<WorkerHost> StartAsync(
        string folder, IReadOnlyDictionary<string, string?> settings, Action<string> onLine, CancellationToken cancellationToken)
    {
        var worker = new Conversation();
        var server = await ListenAsync(worker, cancellationToken);
        string[] arguments =
        [
            Path.Combine(folder, "Droptune.Functions.dll"),
            "--functions-uri", server.Urls.Single(), "--functions-worker-id", "worker", "--functions-request-id", "start",
            "--functions-grpc-max-message-length", $"{int.MaxValue}",
        ];
        var environment = new Dictionary<string, string?>(settings) { ["FUNCTIONS_APPLICATION_DIRECTORY"] = folder, ["FUNCTIONS_WORKER_DIRECTORY"] = folder };
        var host = new WorkerHost(worker, server, ChildProcess.Start("dotnet", arguments, environment, folder, onLine));
        try
        {
            await host.InitialiseAsync(folder, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls a function, and waits for its end.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="trigger">What its trigger gives it; none for HTTP, where the request follows at <see cref="HttpAddress"/>.</param>
    /// <param name="values">What is in the trigger's pattern by name, such as <c>name</c> of <c>datasets/{name}</c>.</param>
    /// <param name="id">Of the call; else a new one.</param>
    /// <exception cref="IOException">The worker ended before the function did.</exception>
    public async Task<StatusResult> InvokeAsync(
        string function, TypedData? trigger = null, IEnumerable<KeyValuePair<string, string>>? values = null, string? id = null)
    {
        var invocation = new InvocationRequest { InvocationId = id ?? $"{Guid.NewGuid()}", FunctionId = Functions[function].Id, TraceContext = new() };
        if (trigger is not null)
        {
            invocation.InputData.Add(new ParameterBinding { Name = Functions[function].Trigger.GetProperty("name").GetString(), Data = trigger });
        }

        foreach (var (name, value) in values ?? [])
        {
            invocation.TriggerMetadata.Add(name, new TypedData { String = value });
        }

        return (await _worker.AskAsync(new() { InvocationRequest = invocation })).InvocationResponse.Result;
    }

    /// <summary>Asks the worker to end; returns its exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken cancellationToken)
    {
        _worker.Tell(new() { WorkerTerminate = new() });
        return await _process.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static async Task<WebApplication> ListenAsync(Conversation worker, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(worker);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var server = builder.Build();
        server.MapGrpcService<Conversation>();
        await server.StartAsync(cancellationToken);
        return server;
    }

    private async Task InitialiseAsync(string folder, CancellationToken cancellationToken)
    {
        var ended = _process.WaitAsync(cancellationToken);
        if (await Task.WhenAny(_worker.Started, ended) == ended)
        {
            throw new InvalidOperationException($"The worker ended with exit code {await ended}.");
        }

        var initialised = (await _worker.AskAsync(new() { WorkerInitRequest = new() { HostVersion = "4.0.0", FunctionAppDirectory = folder } })).WorkerInitResponse;
        Check(initialised.Result);
        InitialisedAfter = Age;
        HttpAddress = new Uri(initialised.Capabilities["HttpUri"]);
        var metadata = (await _worker.AskAsync(new() { FunctionsMetadataRequest = new() { FunctionAppDirectory = folder } })).FunctionMetadataResponse;
        Check(metadata.Result);
        foreach (var function in metadata.Functions)
        {
            var load = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function };
            Check((await _worker.AskAsync(new() { FunctionLoadRequest = load })).FunctionLoadResponse.Result);
        }

        Functions = metadata.Functions.ToDictionary(function => function.Name, WorkerFunction.Of);
        LoadedAfter = Age;
    }

    private static void Check(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new InvalidOperationException(result.Exception?.Message);
        }
    }

    /// <summary>The one call that a worker makes, in which the host asks and the worker answers.</summary>
    private sealed class Conversation : FunctionRpc.FunctionRpcBase
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<StreamingMessage> _outgoing = Channel.CreateUnbounded<StreamingMessage>();
        private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = [];

        public Task Started => _started.Task;

        public void Tell(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

        public Task<StreamingMessage> AskAsync(StreamingMessage question)
        {
            question.RequestId = $"{Guid.NewGuid()}";
            var answer = _asked[question.RequestId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Tell(question);
            return answer.Task;
        }

        public override async Task EventStream(
            IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            var writing = WriteAsync(responseStream, ended.Token);
            try
            {
                await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
                {
                    if (message.ContentCase == StreamingMessage.ContentOneofCase.StartStream)
                    {
                        _started.TrySetResult();
                    }
                    else if (_asked.TryRemove(message.RequestId, out var answer))
                    {
                        answer.SetResult(message);
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // A worker that ends does not say so.
            }
            finally
            {
                await ended.CancelAsync();
                await writing;
                foreach (var answer in _asked.Values)
                {
                    answer.TrySetException(new IOException("The worker has ended."));
                }
            }
        }

        private async Task WriteAsync(IServerStreamWriter<StreamingMessage> responseStream, CancellationToken cancellationToken)
        {
            try
            {
                await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellationToken))
                {
                    await responseStream.WriteAsync(message, cancellationToken);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or IOException)
            {
                // The worker is gone.
            }
        }
    }
}

/// <summary>A function as the worker describes it.</summary>
public sealed record WorkerFunction(string Name, string Id, JsonElement Trigger)
{
    /// <summary>Such as <c>queueTrigger</c>.</summary>
    public string Type => Trigger.Text("type")!;

    internal static WorkerFunction Of(FunctionMetadata metadata) => new(
        metadata.Name,
        metadata.FunctionId,
        metadata.RawBindings.Select(binding => JsonDocument.Parse(binding).RootElement).Single(binding => binding.Text("type")!.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase)));
}
