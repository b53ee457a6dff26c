using System.Runtime.ExceptionServices;
using Droptune.Functions.Http;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Droptune.Functions.Hosting.Local;

/// <summary>
/// Runs the blob, queue and timer functions on the WebJobs SDK while storage answers. The SDK ends the process when its
/// storage is unreachable, so its host is built only once storage answers, and built anew after an outage.
/// </summary>
public sealed class TriggerHost(
    DroptuneStorage storage, InterruptedWork interrupted, IServiceProvider services, IConfiguration configuration, ILoggerFactory loggers, ILogger<TriggerHost> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly string HostFile = Path.Combine(AppContext.BaseDirectory, "host.json");

    /// <summary>Whether dropped files, messages and timers are being acted on.</summary>
    public bool IsRunning { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitForStorageAsync(stoppingToken);
            await Task.Delay(Pause, stoppingToken); // whoever waits for a first answer has the processor until then
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Triggers stopped and start again: {Reason}", StorageFailure.Reason(e));
            }
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var failure = new FailureSignal();
        using var host = Build(failure);
        await interrupted.ResumeAsync(stoppingToken);
        await host.StartAsync(stoppingToken);
        IsRunning = true;
        logger.LogInformation("Waiting for datasets, messages and timers");
        try
        {
            await failure.Task.WaitAsync(stoppingToken);
        }
        finally
        {
            IsRunning = false;
            await host.StopAsync(CancellationToken.None);
        }
    }

    private async Task WaitForStorageAsync(CancellationToken stoppingToken)
    {
        var isWaiting = false;
        while (true)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            timeout.CancelAfter(Patience);
            try
            {
                await storage.EnsureCreatedAsync(timeout.Token);
                return;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (!isWaiting)
                {
                    logger.LogWarning("Storage does not answer, waiting for it ({Reason})", StorageFailure.Reason(e));
                }

                isWaiting = true;
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }

    private IHost Build(FailureSignal failure) => new HostBuilder()
        .ConfigureAppConfiguration(settings =>
        {
            settings.AddInMemoryCollection(HostJson());
            settings.AddConfiguration(configuration);
            // The SDK keeps its locks, receipts and timer states in the account that it finds under this name.
            settings.AddInMemoryCollection([new("AzureWebJobsStorage", configuration[StorageNames.Connection])]);
        })
        .ConfigureWebJobs(jobs => jobs.AddAzureStorageCoreServices().AddAzureStorageBlobs().AddAzureStorageQueues().AddTimers())
        .ConfigureServices(own => own
            // The locks of timers and of the blob trigger outlive a killed process by the one time, and are asked for again after the other.
            .Configure<SingletonOptions>(options => options.ListenerLockPeriod = options.ListenerLockRecoveryPollingInterval = TimeSpan.FromSeconds(15))
            .AddSingleton(loggers)
            .AddSingleton<IHostLifetime, NoLifetime>()
            .AddSingleton<IWebJobsExceptionHandlerFactory>(failure)
            .AddSingleton<ScheduleMonitor, NoMemory>()
            .AddSingleton<IJobActivator>(new FunctionActivator(services))
            .AddSingleton<ITypeLocator>(new FunctionClasses()))
        .Build();

    // host.json as the Functions host reads it: its content stands under AzureWebJobs.
    private static Dictionary<string, string?> HostJson() =>
        new ConfigurationBuilder().AddJsonFile(HostFile).Build().AsEnumerable()
            .ToDictionary(setting => $"AzureWebJobs:{setting.Key}", setting => setting.Value);

    /// <summary>Completes when a listener of the SDK fails, in place of ending the process.</summary>
    private sealed class FailureSignal : IWebJobsExceptionHandlerFactory, IWebJobsExceptionHandler
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _failed.Task;

        public IWebJobsExceptionHandler Create(IHost jobHost) => this;

        public Task OnTimeoutExceptionAsync(ExceptionDispatchInfo exceptionInfo, TimeSpan timeoutGracePeriod) =>
            OnUnhandledExceptionAsync(exceptionInfo);

        public Task OnUnhandledExceptionAsync(ExceptionDispatchInfo exceptionInfo)
        {
            _failed.TrySetException(exceptionInfo.SourceException);
            return Task.CompletedTask;
        }
    }

    /// <summary>Creates function classes from the services of the whole process.</summary>
    private sealed class FunctionActivator(IServiceProvider services) : IJobActivator
    {
        public T CreateInstance<T>() => ActivatorUtilities.CreateInstance<T>(services);
    }

    /// <summary>The classes whose functions are not HTTP functions.</summary>
    private sealed class FunctionClasses : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() =>
            [.. typeof(TriggerHost).Assembly.GetExportedTypes()
                .Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(FunctionAttribute), inherit: false)))
                .Except(HttpFunction.All.Select(function => function.Method.DeclaringType!))];
    }

    /// <summary>What a timer missed while nothing ran is not made up for: the next time is soon enough.</summary>
    private sealed class NoMemory : ScheduleMonitor
    {
        public override Task<ScheduleStatus> GetStatusAsync(string timerName) => Task.FromResult<ScheduleStatus>(null!);

        public override Task UpdateStatusAsync(string timerName, ScheduleStatus status) => Task.CompletedTask;
    }

    /// <summary>The process's lifetime is the outer host's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
