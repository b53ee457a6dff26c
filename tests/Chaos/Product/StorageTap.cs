using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Droptune.Chaos.Product;

/// <summary>
/// Stands between a process and the storage emulator, sees every write, and can end the process right after one: the write is done, and its
/// answer never comes. That hits every step of every flow, those of the libraries too, and needs no hook in what is attacked.
/// </summary>
internal sealed partial class StorageTap : IAsyncDisposable
{
    private static readonly string[] Connections = ["Connection", "Keep-Alive", "Transfer-Encoding", "Host"]; // of one hop
    private static readonly UriCreationOptions Raw = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    private readonly List<WebApplication> _listeners = [];
    private readonly Dictionary<string, int> _writes = [];
    private readonly Lock _lock = new();

    private StorageTap()
    {
    }

    /// <summary>The account, by way of this tap.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>Nobody gets an answer while it is set.</summary>
    public bool IsDown { get; set; }

    /// <summary>Called with each point that is reached: a write that storage has done, and how often it was done. True: the answer is withheld.</summary>
    public Func<Point, bool> Reached { get; set; } = _ => false;

    public static async Task<StorageTap> StartAsync(IReadOnlyDictionary<string, Uri> services, string account, string key)
    {
        var tap = new StorageTap();
        var addresses = new List<string>();
        foreach (var (service, address) in services)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
            builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
            var listener = builder.Build();
            listener.Run(context => tap.ForwardAsync(context, service, address));
            await listener.StartAsync();
            tap._listeners.Add(listener);
            addresses.Add($"{service}Endpoint={listener.Urls.Single()}/{account}");
        }

        tap.ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};{string.Join(';', addresses)}";
        return tap;
    }

    /// <summary>Counts anew.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _writes.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        _http.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, string service, Uri address)
    {
        try
        {
            if (IsDown)
            {
                context.Abort();
                return;
            }

            var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            using var request = Request(context.Request, new Uri($"{address.Scheme}://{address.Authority}{target}", in Raw));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
            if (IsDown || (IsWrite(request.Method, target) && response.IsSuccessStatusCode && Reached(Count(service, request.Method, target))))
            {
                context.Abort();
                return;
            }

            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !Connections.Contains(header.Key)))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or BadHttpRequestException)
        {
            context.Abort(); // one of the two is gone
        }
    }

    private static HttpRequestMessage Request(HttpRequest from, Uri address)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), address) { Version = HttpVersion.Version11 };
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(from.Body);
        }
        else if (from.ContentLength == 0)
        {
            request.Content = new ByteArrayContent([]);
        }

        foreach (var (name, values) in from.Headers.Where(header => !Connections.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }

    private static bool IsWrite(HttpMethod method, string target) =>
        method != HttpMethod.Get && method != HttpMethod.Head && method != HttpMethod.Options
        // Locks of the libraries, renewed all the time, and what is made once in an account.
        && !target.Contains("comp=lease", StringComparison.Ordinal) && !target.Contains("/locks/", StringComparison.Ordinal)
        && !target.Contains("restype=container", StringComparison.Ordinal);

    private Point Count(string service, HttpMethod method, string target)
    {
        var path = target.Split('?')[0].Split('/', 3) is [_, _, var rest] ? Uri.UnescapeDataString(rest) : "";
        var what = Query().Match(target) is { Success: true } query ? $" {query.Value}" : "";
        var name = $"{service} {method} {Changing().Replace(path, "*")}{what}";
        lock (_lock)
        {
            _writes[name] = _writes.GetValueOrDefault(name) + 1;
            return new(name, _writes[name]);
        }
    }

    /// <summary>A signal ends the process, and not the listeners alone.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    // Names and ids that differ from one flow to the next, by which the same step would seem another.
    [GeneratedRegex(@"(?<=messages/).*|(?<=azure-webjobs-hosts/[a-z]+/).*|'[^']*'|chaos-[a-z0-9-]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{10,}|\d{4}-\d\d-\d\d|\d{8}T\d{6}Z")]
    private static partial Regex Changing();

    [GeneratedRegex(@"(?<=[?&])(comp|restype)=(?!properties)\w+")]
    private static partial Regex Query();
}

/// <summary>A write of a process, by what it changes, and the how many-th of its kind it is in a flow.</summary>
internal sealed record Point(string Write, int Number)
{
    public override string ToString() => $"{Write} #{Number}";
}
