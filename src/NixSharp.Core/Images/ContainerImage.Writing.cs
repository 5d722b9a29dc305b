using NixSharp.Files;
using NixSharp.Images.Layouts;

namespace NixSharp.Images;

public sealed partial class ContainerImage
{
    /// <summary>Writes the image to a place in the text form of <see cref="ImageLocation"/>.</summary>
    /// <inheritdoc cref="WriteAsync(ImageLocation, WriteOptions?, CancellationToken)"/>
    public Task<WriteResult> WriteAsync(string destination, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        WriteAsync(ImageLocation.Parse(destination), options, cancellationToken);

    /// <summary>
    /// Writes the image to an OCI layout, beside the images that are in it and sharing their layers, or to an archive,
    /// in place of what is there. A layout's blob that has the right name and size is taken to be whole: blobs get
    /// their names only when they are.
    /// </summary>
    /// <exception cref="ImageException">The place is taken by something else or cannot be written, or a layer is damaged.</exception>
    /// <exception cref="NixException">A file of a layer cannot be read.</exception>
    public async Task<WriteResult> WriteAsync(ImageLocation destination, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new WriteOptions();
        try
        {
            return await (destination.Transport switch
            {
                ImageTransport.Oci => LayoutFolder.WriteAsync(this, destination, options, cancellationToken),
                ImageTransport.OciArchive => OciArchive.WriteAsync(this, destination, options, cancellationToken),
                ImageTransport.DockerArchive => DockerArchive.WriteAsync(this, destination, options, cancellationToken),
                _ => throw new ImageException(
                    NixErrorCodes.InvalidImageLocation,
                    $"The image cannot be written to {destination}: a description of an image can only be read. Write to oci:, oci-archive: or docker-archive:."),
            }).ConfigureAwait(false);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw WriteFailed(destination, error);
        }
    }

    /// <summary>
    /// Writes the image as an archive to a stream, such as standard output, that cannot be gone back in. A layer whose
    /// size nobody knows is made twice for that.
    /// </summary>
    /// <param name="output">Takes the archive; stays open.</param>
    /// <param name="transport">Which kind of archive: <see cref="ImageTransport.OciArchive"/> or <see cref="ImageTransport.DockerArchive"/>.</param>
    /// <param name="reference">What the image is called in it.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="cancellationToken">Stops the writing, in the middle.</param>
    /// <exception cref="ImageException">The transport is no archive, the stream fails, or a layer is damaged.</exception>
    public async Task<WriteResult> WriteToAsync(Stream output, ImageTransport transport, string? reference = null, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        options ??= new WriteOptions();
        var destination = new ImageLocation(transport, "-", reference);
        try
        {
            switch (transport)
            {
                case ImageTransport.OciArchive:
                    return await OciStream.WriteAsync(this, output, reference, options, cancellationToken).ConfigureAwait(false);
                case ImageTransport.DockerArchive:
                    var archive = await DockerStream.PrepareAsync(this, cancellationToken).ConfigureAwait(false);
                    await archive.WriteToAsync(output, reference is null ? [] : [DockerArchive.WithTag(reference)], options.Progress, cancellationToken).ConfigureAwait(false);
                    return archive.Result;
                default:
                    throw new ImageException(NixErrorCodes.InvalidImageLocation, $"An image cannot be written to a stream as {destination}. Choose oci-archive or docker-archive.");
            }
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw WriteFailed(destination, error);
        }
    }

    internal static ImageException WriteFailed(ImageLocation destination, Exception error) => new(
        NixErrorCodes.ImageWriteFailed,
        $"The image cannot be written to {destination}: {FileErrors.Explain(error)} Check the permissions and the free space there.",
        error);
}
