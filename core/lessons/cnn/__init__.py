"""The lesson on convolutional networks: kernels, feature maps, saliency, calibration, robustness."""
