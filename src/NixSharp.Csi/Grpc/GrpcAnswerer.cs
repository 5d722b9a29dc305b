using System.Diagnostics;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace NixSharp.Csi.Grpc;

/// <summary>Answers gRPC calls that have one message in and one out, on HTTP/2.</summary>
/// <param name="methods">What can be called.</param>
/// <param name="explain">Says how a failure is told to the caller; null for what was not foreseen.</param>
/// <param name="report">Told of each call: the method, the status, how long it took, and what went wrong.</param>
internal sealed class GrpcAnswerer(
    IEnumerable<GrpcMethod> methods,
    Func<Exception, GrpcException?> explain,
    Action<string, GrpcStatus, TimeSpan, Exception?> report)
{
    private const string ContentType = "application/grpc";
    private const string UnknownMethod = "unknown";

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    private readonly Dictionary<string, GrpcMethod> _methods = methods.ToDictionary(static method => method.Path, StringComparer.Ordinal);

    public async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Method != HttpMethods.Post || context.Request.ContentType?.StartsWith(ContentType, StringComparison.Ordinal) is not true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = ContentType;
        var path = context.Request.Path.Value ?? "";
        var method = _methods.GetValueOrDefault(path);
        var clock = Stopwatch.StartNew();
        try
        {
            var message = await CallAsync(context, path, method).ConfigureAwait(false);
            GrpcFrame.Write(context.Response.BodyWriter, message);
            Finish(context.Response.AppendTrailer, GrpcStatus.Ok, "");
            report(path, GrpcStatus.Ok, clock.Elapsed, null);
        }
        catch (Exception error)
        {
            var failure = error as GrpcException ?? new GrpcException(GrpcStatus.Internal, error.Message, error);
            report(method is null ? UnknownMethod : path, failure.Status, clock.Elapsed, failure.InnerException ?? failure);
            if (!context.Response.HasStarted)
            {
                Finish(context.Response.Headers.Append, failure.Status, failure.Message);
            }
        }
    }

    private async Task<IMessage> CallAsync(HttpContext context, string path, GrpcMethod? method)
    {
        RefuseCompression(context);
        if (method is null)
        {
            throw new GrpcException(GrpcStatus.Unimplemented, $"There is no method {path}.");
        }

        var timeout = ReadTimeout(context);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (timeout is { } time)
        {
            source.CancelAfter(time < MaxTimeout ? time : MaxTimeout);
        }

        try
        {
            var request = await GrpcFrame.ReadAsync(context.Request.Body, source.Token).ConfigureAwait(false);
            return await method.AnswerAsync(request, new GrpcCall(path, timeout, source.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (source.IsCancellationRequested)
        {
            throw context.RequestAborted.IsCancellationRequested
                ? new GrpcException(GrpcStatus.Cancelled, "The caller has gone.", error)
                : new GrpcException(GrpcStatus.DeadlineExceeded, $"It was not done in {timeout!.Value.TotalSeconds:0.###} s.", error);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new GrpcException(GrpcStatus.Internal, $"The message of {path} cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is not GrpcException)
        {
            throw explain(error) ?? new GrpcException(GrpcStatus.Internal, error.Message, error);
        }
    }

    private static void RefuseCompression(HttpContext context)
    {
        var encoding = context.Request.Headers["grpc-encoding"].ToString();
        if (encoding is not ("" or "identity"))
        {
            context.Response.Headers["grpc-accept-encoding"] = "identity";
            throw new GrpcException(GrpcStatus.Unimplemented, $"Messages compressed as {encoding} are not understood; send them as they are.");
        }
    }

    private static TimeSpan? ReadTimeout(HttpContext context)
    {
        var text = context.Request.Headers["grpc-timeout"].ToString();
        return text.Length == 0 ? null
            : GrpcTimeout.TryParse(text, out var timeout) ? timeout
            : throw new GrpcException(GrpcStatus.Internal, $"'{text}' is no grpc-timeout.");
    }

    private static void Finish(Action<string, Microsoft.Extensions.Primitives.StringValues> append, GrpcStatus status, string message)
    {
        append("grpc-status", ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (message.Length > 0)
        {
            append("grpc-message", GrpcText.Encode(message));
        }
    }
}
